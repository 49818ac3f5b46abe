package dev.corral.server.config;

import dev.corral.core.Limits;
import dev.corral.core.QueueSettings;
import dev.corral.core.Timeouts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks that need more than one setting, and warns of values that are legal but dangerous. */
final class ConfigValidator {
    /** A large model takes longer than this from disk into the GPU. */
    private static final Duration SHORT_FIRST_BYTE = Duration.ofSeconds(30);

    /** How long the libraries of OpenAI and Anthropic wait for an answer. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final CorralConfig config;
    private final Input input;
    private final long directMemory;
    private final Problems problems;
    private final Findings findings;
    private final EdgeChecks edge;
    private final AuthChecks auth;

    ConfigValidator(CorralConfig config, Input input, long directMemory, Problems problems) {
        this.directMemory = directMemory;
        this.config = config;
        this.input = input;
        this.problems = problems;
        this.findings = new Findings(config, input, problems);
        this.edge = new EdgeChecks(config, findings);
        this.auth = new AuthChecks(config, findings);
    }

    void validate() {
        edge.check();
        auth.check();
        limits();
        timeouts();
        files();
        queue();
        state();
        cors();
        new TlsChecks(config, input, problems).validate();
        warnings();
    }

    private void limits() {
        Limits limits = config.core().limits();
        if (limits.headerBytes() < limits.targetBytes()) {
            wrong(
                    Settings.HEADER_SIZE,
                    "at least limits.target-size, " + Sizes.format(limits.targetBytes()),
                    Settings.TARGET_SIZE);
        }
        if (limits.bodyBytes() > limits.bufferedBodyBytes()) {
            wrong(
                    Settings.BODY_SIZE,
                    "at most limits.buffered-bodies, " + Sizes.format(limits.bufferedBodyBytes()),
                    Settings.BUFFERED_BODIES);
        }
        // Buffers that grow take up to twice what they hold, and connections need some too.
        if (limits.bufferedBodyBytes() > directMemory / 2) {
            wrong(
                    Settings.BUFFERED_BODIES,
                    "at most half of the memory that Java may take for bodies, " + Sizes.format(directMemory)
                            + "; another CORRAL_MEMORY, or -XX:MaxDirectMemorySize in CORRAL_JAVA_OPTS, gives it more",
                    Settings.BUFFERED_BODIES);
        }
        if (limits.connectionsPerAddress() > limits.connections()) {
            wrong(
                    Settings.CONNECTIONS_PER_ADDRESS,
                    "at most limits.connections, " + limits.connections(),
                    Settings.CONNECTIONS);
        }
    }

    private void timeouts() {
        Timeouts timeouts = config.core().timeouts();
        if (timeouts.firstByte().compareTo(timeouts.connect()) < 0) {
            wrong(
                    Settings.FIRST_BYTE,
                    "at least timeouts.connect, " + Durations.format(timeouts.connect()),
                    Settings.CONNECT);
        } else if (timeouts.firstByte().compareTo(SHORT_FIRST_BYTE) < 0) {
            warn(Settings.FIRST_BYTE, "is short: a model that has to be loaded first often takes longer");
        }
        if (timeouts.longStreamIdle().compareTo(timeouts.streamIdle()) < 0) {
            wrong(
                    Settings.LONG_STREAM_IDLE,
                    "at least timeouts.stream-idle, " + Durations.format(timeouts.streamIdle()),
                    Settings.STREAM_IDLE);
        }
    }

    private void files() {
        Path access = written(config.log().access());
        Path audit = written(config.log().audit());
        if (audit != null && audit.equals(access)) {
            wrong(Settings.AUDIT.file, "another file than log.access.file", Settings.ACCESS.file);
        }
        if (config.keysFile().equals(access)) {
            wrong(Settings.ACCESS.file, "another file than keys-file", Settings.KEYS_FILE);
        }
        if (config.keysFile().equals(audit)) {
            wrong(Settings.AUDIT.file, "another file than keys-file", Settings.KEYS_FILE);
        }
    }

    private void queue() {
        QueueSettings queue = config.core().queue();
        if (input.isGiven(Settings.QUEUE_WAITING_PER_KEY)
                && !input.isBroken(Settings.QUEUE_WAITING)
                && queue.waitingPerKey() > queue.waiting()) {
            warn(
                    Settings.QUEUE_WAITING_PER_KEY,
                    "is more than queue.waiting, " + queue.waiting() + ": so many never wait");
        }
        if (queue.maxWait().compareTo(PATIENCE) > 0) {
            warn(
                    Settings.QUEUE_MAX_WAIT,
                    "is longer than most clients wait: those of OpenAI and Anthropic give up after "
                            + Durations.format(PATIENCE) + ", and ask again");
        }
    }

    private void state() {
        StateUrl url = config.state().url();
        boolean far = url.nodes().stream().anyMatch(node -> {
            InetAddress address = Addresses.literal(node.getHostString());
            return address == null || !address.isLoopbackAddress();
        });
        if (far && url.password() == null) {
            warn(
                    Settings.STATE_URL,
                    "is another machine, and has no password: whoever reaches it can make keys and undo limits");
        } else if (far && !url.tls()) {
            warn(
                    Settings.STATE_URL,
                    "is another machine without TLS: its password, and who uses how much, can be read on the way");
        }
        if (!url.shared()
                && config.state().whenAway() == StateSettings.WhenAway.LOCAL
                && !input.isBroken(Settings.STATE_URL)) {
            warn(Settings.STATE_WHEN_AWAY, "has no effect: state.url is sqlite, which is never away");
        }
    }

    private void cors() {
        List<String> origins = config.core().cors().origins();
        if (origins.contains("*")) {
            if (origins.size() > 1) {
                problems.add(
                        input.at(Settings.CORS_ORIGINS),
                        "\"*\" among others (expected: \"*\" alone, or a list without)");
            }
            problems.warn(input.at(Settings.CORS_ORIGINS), "\"*\" lets every web page that a user opens send requests");
        }
    }

    private void warnings() {
        edge.warn();
        auth.warn();
        InetSocketAddress admin = config.admin().listen();
        if (admin != null && !admin.getAddress().isLoopbackAddress()) {
            warn(
                    Settings.ADMIN_LISTEN,
                    "is reachable from other machines, and asks for no key: metrics tell who does how much");
        }
        InetAddress upstream = Addresses.literal(config.core().upstream().host());
        if (upstream == null || !upstream.isLoopbackAddress()) {
            warn(
                    Settings.UPSTREAM_URL,
                    "is plain HTTP to another machine: prompts can be read on the way, and whoever reaches that port"
                            + " needs no key");
        }
    }

    private void wrong(Setting<?> setting, String expectation, Setting<?> other) {
        findings.wrong(setting, expectation, other);
    }

    private void warn(Setting<?> setting, String message) {
        findings.warn(setting, message);
    }

    /** The file that is written; null for none. */
    private static @Nullable Path written(LogFileSettings log) {
        return log.enabled() ? log.file() : null;
    }
}
