package dev.corral.server.cli;

import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;

/** The root of the command line. */
@Command(
        name = "corral",
        description = "An authenticating reverse proxy for Ollama.",
        versionProvider = CorralCommand.Version.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ServeCommand.class,
            DemoCommand.class,
            KeysCommand.class,
            UsageCommand.class,
            TrustCommand.class,
            CheckCommand.class,
            ConnectCommand.class,
            HelpCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  corral demo                                     see it work, no Ollama needed",
            "  corral serve --upstream http://127.0.0.1:11434  the real job",
            "  corral keys create alice --expires 90d          give somebody a key",
            "  corral usage --by key,model --since 7d          see who used how much",
            "  corral connect https://gpu.lab                  use one from your own machine",
            "  corral help keys create                         more about a command",
            "",
            "Environment: CORRAL_MEMORY=small, default or large says how much memory Java may take,",
            "CORRAL_JAVA_OPTS has more options for Java, CORRAL_CONFIG names the configuration.",
            "",
            "Exit codes: 0 well, 64 usage, 65 bad key file or store, 69 no such address,",
            "73 cannot create, 74 input or output, 78 configuration."
        })
final class CorralCommand {
    private static final Map<Class<?>, Function<Console, Object>> COMMANDS = Map.ofEntries(
            entry(ServeCommand.class, ServeCommand::new),
            entry(UsageCommand.class, UsageCommand::new),
            entry(DemoCommand.class, DemoCommand::new),
            entry(TrustCommand.class, TrustCommand::new),
            entry(CheckCommand.class, CheckCommand::new),
            entry(ConnectCommand.class, ConnectCommand::new),
            entry(KeysCommand.Create.class, KeysCommand.Create::new),
            entry(KeysCommand.ListAll.class, KeysCommand.ListAll::new),
            entry(KeysCommand.Show.class, KeysCommand.Show::new),
            entry(KeysCommand.Limit.class, KeysCommand.Limit::new),
            entry(KeysCommand.Revoke.class, KeysCommand.Revoke::new),
            entry(KeysCommand.Rotate.class, KeysCommand.Rotate::new));

    private static Map.Entry<Class<?>, Function<Console, Object>> entry(
            Class<?> type, Function<Console, Object> constructor) {
        return Map.entry(type, constructor);
    }

    private static final Map<Class<?>, Function<Console, Object>> ACCESS_COMMANDS = Map.of(
            AccessCommands.AddSsh.class, AccessCommands.AddSsh::new,
            AccessCommands.AddCertificate.class, AccessCommands.AddCertificate::new,
            AccessCommands.RemoveCredential.class, AccessCommands.RemoveCredential::new,
            AccessCommands.AllowFrom.class, AccessCommands.AllowFrom::new,
            PendingCommands.Pending.class, PendingCommands.Pending::new,
            PendingCommands.Approve.class, PendingCommands.Approve::new);

    /** Makes one of the commands that work with the console; null for any other class. */
    static @Nullable Object create(Class<?> type, Console console) {
        Function<Console, Object> constructor = COMMANDS.getOrDefault(type, ACCESS_COMMANDS.get(type));
        return constructor == null ? null : constructor.apply(console);
    }

    /** Asked only when somebody wants to know. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {Program.version()};
        }
    }
}
