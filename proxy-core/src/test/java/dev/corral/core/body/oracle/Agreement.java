package dev.corral.core.body.oracle;

import dev.corral.core.body.BadBody;
import dev.corral.core.body.BodyField;
import dev.corral.core.body.JsonFieldScanner;
import dev.corral.core.body.JsonFields;
import dev.corral.core.policy.BodyPolicy;
import dev.corral.core.policy.BodyRules;
import dev.corral.core.policy.ModelCatalogue;
import dev.corral.core.policy.ModelName;
import dev.corral.core.policy.PolicyDecision;
import dev.corral.core.policy.PolicyDecision.Forward;
import dev.corral.core.policy.PolicyDecision.Refuse;
import dev.corral.core.policy.RolePolicy;
import dev.corral.core.spi.Dialect;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.EndpointGroup;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What must hold for every body: it is refused, or Ollama refuses what is forwarded, or Ollama reads from it what Corral
 * read, and nothing that the role's rules hold back. Not thread-safe.
 */
final class Agreement {
    /** What became of a body. */
    enum Outcome {
        REFUSED_BY_SCANNER,
        REFUSED_BY_POLICY,
        /** Forwarded, and Ollama answers 400. */
        REFUSED_BY_GO,
        FORWARDED
    }

    private final JsonFieldScanner scanner = new JsonFieldScanner();
    private final BodyPolicy policy = new BodyPolicy(Roles.catalogue());

    /**
     * Checks one body.
     *
     * @throws AssertionError if Corral and Ollama disagree about it
     */
    Outcome check(Endpoint route, RolePolicy role, byte[] body) {
        try {
            return outcome(route, role, body);
        } catch (AssertionError | RuntimeException e) {
            byte[] sent = e instanceof AssertionError ? forwarded(route, role, body) : null;
            throw new AssertionError(
                    (e instanceof AssertionError ? e.getMessage() : e) + "\non " + route + " as " + role.role() + ": "
                            + new String(body, StandardCharsets.UTF_8)
                            + (sent == null ? "" : "\nforwarded: " + new String(sent, StandardCharsets.UTF_8)),
                    e);
        }
    }

    private Outcome outcome(Endpoint route, RolePolicy role, byte[] body) {
        JsonFields fields;
        try {
            fields = scanner.scan(route, ByteBuffer.wrap(body));
        } catch (BadBody e) {
            return Outcome.REFUSED_BY_SCANNER;
        }
        OllamaReading before = read(route, body);
        if (before != null) {
            sameFields(before, fields);
        }
        PolicyDecision decision = policy.decide(route, role, fields);
        if (decision instanceof Refuse) {
            return Outcome.REFUSED_BY_POLICY;
        }
        Forward forward = (Forward) decision;
        byte[] sent = applied(forward, body);
        OllamaReading after = read(route, sent);
        if (after == null) {
            require(before == null, "an honest request was spoiled by the changes");
            return Outcome.REFUSED_BY_GO;
        }
        boolean names = Roles.goesByNames(role) || Roles.managed(route);
        if (names || forward.model() != null) {
            model(role, forward, after, sent);
        }
        if (inference(route)) {
            BodyRules rules = names ? role.rulesFor(named(after.model())) : role.rules();
            new Bounds(rules, before, after, sent).check();
        } else {
            management(role, after);
        }
        if (before != null) {
            unchanged(before, after);
            counts(forward, before, after);
        }
        settled(route, role, sent);
        return Outcome.FORWARDED;
    }

    /** Why a body is refused; null if it is not. */
    @Nullable
    String refusal(Endpoint route, RolePolicy role, byte[] body) {
        try {
            PolicyDecision decision = policy.decide(route, role, scanner.scan(route, ByteBuffer.wrap(body)));
            return decision instanceof Refuse refuse ? refuse.error().message() : null;
        } catch (BadBody e) {
            return e.error().message();
        }
    }

    /** The bytes that go on; null for a refusal. */
    byte @Nullable [] forwarded(Endpoint route, RolePolicy role, byte[] body) {
        try {
            PolicyDecision decision = policy.decide(route, role, scanner.scan(route, ByteBuffer.wrap(body)));
            return decision instanceof Forward forward ? applied(forward, body) : null;
        } catch (BadBody e) {
            return null;
        }
    }

    private static boolean inference(Endpoint route) {
        return route.group() == EndpointGroup.INFERENCE;
    }

    private static @Nullable OllamaReading read(Endpoint route, byte[] body) {
        try {
            return OllamaReading.of(route, body);
        } catch (GoRefuses e) {
            return null;
        }
    }

    private static byte[] applied(Forward forward, byte[] body) {
        ByteBuf original = Unpooled.wrappedBuffer(body);
        ByteBuf changed = forward.edits().apply(original);
        try {
            return ByteBufUtil.getBytes(changed);
        } finally {
            changed.release();
            original.release();
        }
    }

    /** The scanner's fields are Go's. */
    private static void sameFields(OllamaReading go, JsonFields fields) {
        for (BodyField field : BodyField.values()) {
            boolean option = field.parent() == BodyField.OPTIONS;
            boolean known =
                    field.parent() == null && go.fields().type().fields().containsKey(field.json());
            if (!known && !(option && go.top("options") != null)) {
                continue;
            }
            Object read =
                    option && go.top("options") instanceof Map<?, ?> map ? map.get(field.json()) : go.top(field.json());
            boolean same = switch (fields.kind(field)) {
                case ABSENT -> read == null || zero(read) || !Roles.decides(go.route(), field);
                case NULL -> read == null || zero(read);
                case STRING -> !(read instanceof String text) || text.equals(fields.string(field));
                case TRUE -> Boolean.TRUE.equals(read);
                case FALSE -> Boolean.FALSE.equals(read);
                // keep_alive is a time to Go: its bounds are checked later.
                case NUMBER -> field == BodyField.KEEP_ALIVE || number(read, fields.number(field));
                case ARRAY -> size(read) < 0 || size(read) == fields.size(field);
                case OBJECT -> read != null;
            };
            require(same, field.path() + " is " + fields.kind(field) + " to the scanner and to Go " + GoDump.of(read));
            if (known && fields.kind(field) != JsonFields.Kind.ABSENT && fields.zero(field)) {
                require(read == null || zero(read), field.path() + " is zero to the scanner, not to Go");
            }
        }
        require(fields.images() >= go.images().size(), "images: " + fields.images() + ", Go finds " + go.images());
        long longest = go.images().stream().mapToLong(Long::longValue).max().orElse(0);
        require((fields.longestImage() + 3) / 4 * 3 >= longest, "longest image " + fields.longestImage());
        require(fields.webSearch() || !go.webSearch(), "the server would search the web");
    }

    private static boolean zero(Object read) {
        return read.equals("")
                || read.equals(0L)
                || read.equals(0.0)
                || read.equals(0.0f)
                || read.equals(false)
                || read.equals(-0.0)
                || size(read) == 0
                || read instanceof GoType.Fields;
    }

    private static int size(@Nullable Object read) {
        return read instanceof GoSlice slice
                ? slice.length()
                : read instanceof List<?> list ? list.size() : read instanceof Map<?, ?> map ? map.size() : -1;
    }

    private static boolean number(@Nullable Object read, @Nullable String literal) {
        if (literal == null) {
            return true;
        }
        if (read instanceof Double number) {
            return number.equals(Double.valueOf(literal));
        }
        return !(read instanceof Long whole) || literal.equals("-0") || literal.equals(whole.toString());
    }

    /** The model that runs is the one that was decided about, and it is open. */
    private static void model(RolePolicy role, Forward forward, OllamaReading after, byte[] sent) {
        ModelName decided = forward.model();
        ModelName runs = named(after.model());
        require(decided != null && decided.key().equals(runs.key()), "decided about " + decided + ", runs " + runs);
        require(role.models().opens(runs), runs + " is not open");
        String cloud = GoDecoder.cloudPassthroughModel(sent);
        if (after.route().dialect() != Dialect.NATIVE) {
            require(after.model().equals(cloud), "the cloud middleware reads the model " + cloud);
        }
        boolean served = inference(after.route()) || after.route() == Endpoint.SHOW;
        if (served && !role.models().cloud()) {
            boolean local = Roles.MODELS.get(runs.key()) == ModelCatalogue.Place.LOCAL
                    || runs.source() == ModelName.Source.LOCAL;
            require(local && runs.source() != ModelName.Source.CLOUD, runs + " may run in the cloud");
        }
    }

    private static ModelName named(String raw) {
        ModelName name = GoModelName.read(raw);
        require(name != null, "Ollama reads no name in \"" + raw + '"');
        return Objects.requireNonNull(name);
    }

    private static void management(RolePolicy role, OllamaReading after) {
        require(!Boolean.TRUE.equals(after.top("insecure")), "insecure");
        require(after.text("remote_host").isEmpty(), "remote_host");
        if (after.route() == Endpoint.SHOW) {
            return;
        }
        ModelName name = named(after.route() == Endpoint.COPY_MODEL ? after.text("destination") : after.model());
        var rules = role.management();
        var patterns = switch (after.route()) {
            case PULL_MODEL -> rules.pull();
            case PUSH_MODEL -> rules.push();
            case DELETE_MODEL -> rules.delete();
            default -> rules.create();
        };
        require(patterns.stream().anyMatch(pattern -> pattern.matches(name)), name + " may not be managed");
        require(role.models().opens(name), name + " is not open");
        if (after.route() == Endpoint.CREATE_MODEL && !after.text("from").isEmpty()) {
            ModelName from = named(after.text("from"));
            require(role.models().opens(from), from + " is not open");
            require(role.models().cloud() || from.source() != ModelName.Source.CLOUD, from + " is in the cloud");
        }
    }

    /** What no rule is about reaches Ollama as it came. */
    private static void unchanged(OllamaReading before, OllamaReading after) {
        for (String field : before.fields().type().fields().keySet()) {
            if (!Bounds.TOUCHED.contains(field)) {
                require(
                        GoDump.of(before.top(field)).equals(GoDump.of(after.top(field))),
                        field + " changed from " + GoDump.of(before.top(field)));
            }
        }
        if (before.top("options") instanceof Map<?, ?> was && after.top("options") instanceof Map<?, ?> is) {
            was.forEach((name, value) -> require(
                    Bounds.TOUCHED_OPTIONS.contains(name) || GoDump.of(value).equals(GoDump.of(is.get(name))),
                    "options." + name + " changed"));
        }
    }

    /** OpenAI streams tell their token counts, and who did not ask for them is known. */
    private static void counts(Forward forward, OllamaReading before, OllamaReading after) {
        boolean asked = GoDump.of(before.top("stream_options")).contains("true");
        boolean tells = GoDump.of(after.top("stream_options")).contains("true");
        boolean openAi = after.route() == Endpoint.CHAT_COMPLETIONS || after.route() == Endpoint.COMPLETIONS;
        boolean streams = openAi && Boolean.TRUE.equals(after.top("stream"));
        require(tells == (asked || streams), "stream_options are " + GoDump.of(after.top("stream_options")));
        require(
                forward.ask().usageAdded() == (streams && !asked),
                "usageAdded is " + forward.ask().usageAdded());
    }

    /** What was forwarded once passes the second time as it is. */
    private void settled(Endpoint route, RolePolicy role, byte[] sent) {
        try {
            PolicyDecision again = policy.decide(route, role, scanner.scan(route, ByteBuffer.wrap(sent)));
            require(again instanceof Forward same && same.edits().isEmpty(), "changed again: " + again);
        } catch (BadBody e) {
            throw new AssertionError(
                    "what is forwarded is refused: " + e.error().message(), e);
        }
    }

    static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
