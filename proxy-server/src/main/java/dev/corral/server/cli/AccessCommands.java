package dev.corral.server.cli;

import dev.corral.auth.key.CertificateName;
import dev.corral.auth.key.KeyAccess;
import dev.corral.auth.key.KeyRecord;
import dev.corral.auth.key.KeyStoreException;
import dev.corral.auth.key.SshPublicKey;
import dev.corral.core.spi.CidrSet;
import dev.corral.server.config.TlsConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What opens a key beside a secret, and from where. */
final class AccessCommands {
    private AccessCommands() {}

    @Command(
            name = "add-ssh",
            description = {
                "Lets the ollama command in that signs with an ssh key (OLLAMA_AUTH=1). Adds it to the key NAME, which is made"
                        + " where there is none.",
                "KEY is the line of ~/.ollama/id_ed25519.pub, or a file with such lines, or - for standard input."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {
                "  corral keys add-ssh alice 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI...'",
                "  corral keys add-ssh bob id_ed25519.pub --role admin --expires 90d",
                "  ssh bob@laptop cat .ollama/id_ed25519.pub | corral keys add-ssh bob -"
            })
    static final class AddSsh implements Callable<Integer> {
        @Mixin
        private final KeyOptions options;

        @Mixin
        private final Registration registration = new Registration();

        @Parameters(index = "0", paramLabel = "NAME", description = "the key's name, or the id of one there is")
        private String name = "";

        @Parameters(index = "1..*", arity = "1..*", paramLabel = "KEY", description = "the public key, a file or -")
        private List<String> words = List.of();

        AddSsh(Console console) {
            this.options = new KeyOptions(console);
        }

        @Override
        public Integer call() throws CliException {
            List<SshPublicKey> keys = keys(String.join(" ", words));
            return options.change(context -> {
                Registration.Registered registered = registration.add(name, keys, List.of(), context);
                List<String> notes = new ArrayList<>();
                keys.forEach(key -> notes.add("ssh key " + key.fingerprint()));
                notes.addAll(ClientSettings.signing(context.loaded()));
                notes.add(Registration.text(registered));
                return new KeyOptions.Changed(registered.key(), notes);
            });
        }

        private static List<SshPublicKey> keys(String text) throws CliException {
            boolean line = text.contains(SshPublicKey.TEXT_PREFIX)
                    || text.startsWith("ssh-")
                    || text.startsWith("ecdsa-")
                    || text.startsWith("sk-");
            return line ? SshKeyText.parse("KEY", text) : SshKeyText.parse(InputText.shown(text), InputText.text(text));
        }
    }

    @Command(
            name = "add-certificate",
            description = {
                "Lets whoever shows a client certificate in TLS in. Adds it to the key NAME, which is made where there is none.",
                "CERTIFICATE is spki:sha256:HEX for one public key, whoever signed it; subject:NAME as in RFC 2253, or san:NAME"
                        + " for a DNS name, e-mail address, URI or IP address, both only if a trusted CA signed it; or a PEM"
                        + " file, whose public key is taken."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {
                "  corral keys add-certificate alice alice.pem",
                "  corral keys add-certificate ci 'subject:CN=ci,O=Lab' --role user",
                "  corral keys add-certificate bob san:bob@example.org"
            })
    static final class AddCertificate implements Callable<Integer> {
        @Mixin
        private final KeyOptions options;

        @Mixin
        private final Registration registration = new Registration();

        @Parameters(index = "0", paramLabel = "NAME", description = "the key's name, or the id of one there is")
        private String name = "";

        @Parameters(index = "1", paramLabel = "CERTIFICATE", description = "spki:, subject:, san: or a PEM file")
        private String certificate = "";

        AddCertificate(Console console) {
            this.options = new KeyOptions(console);
        }

        @Override
        public Integer call() throws CliException {
            String known = CertificateText.parse(certificate);
            return options.change(context -> {
                Registration.Registered registered = registration.add(name, List.of(), List.of(known), context);
                List<String> notes = new ArrayList<>(List.of("certificate " + known, Registration.text(registered)));
                String idle = idle(known, context.config().tls());
                if (idle != null) {
                    notes.add(idle);
                }
                return new KeyOptions.Changed(registered.key(), notes);
            });
        }

        /** Why nobody can use it as Corral is configured, or null. */
        private static @Nullable String idle(String certificate, TlsConfig tls) {
            if (!tls.on() || tls.clientCertificates() == TlsConfig.ClientCertificates.OFF) {
                return "As configured, no client is asked for a certificate: set tls.client-certificates: optional";
            }
            return tls.clientCa() == null && !certificate.startsWith("spki:")
                    ? "As configured, subject: and san: count only with tls.client-ca, which names who may issue such"
                            + " certificates"
                    : null;
        }
    }

    @Command(
            name = "remove-credential",
            description = {
                "Takes an ssh key or a certificate away from a key, which its other credentials open on.",
                "CREDENTIAL is as \"corral keys show\" prints it: SHA256:..., spki:..., subject:... or san:..."
            },
            mixinStandardHelpOptions = true)
    static final class RemoveCredential implements Callable<Integer> {
        @Mixin
        private final KeyOptions options;

        @Parameters(index = "0", paramLabel = "ID", description = "the key's id or name")
        private String id = "";

        @Parameters(index = "1", paramLabel = "CREDENTIAL", description = "what to take away")
        private String credential = "";

        RemoveCredential(Console console) {
            this.options = new KeyOptions(console);
        }

        @Override
        public Integer call() throws CliException {
            return options.change(context -> {
                KeyRecord key = context.store().access(id, this::without);
                return new KeyOptions.Changed(
                        key,
                        "Took " + Words.quote(credential) + " away from " + KeysCommand.shown(key) + "; it opens with "
                                + AccessOptions.with(key) + "; in force within a second.");
            });
        }

        private KeyAccess without(KeyAccess before) throws KeyStoreException {
            String name = CertificateName.parse(credential);
            List<SshPublicKey> sshKeys = before.sshKeys().stream()
                    .filter(key -> !key.fingerprint().equals(credential))
                    .toList();
            List<String> certificates = before.certificates().stream()
                    .filter(one -> !one.equals(name))
                    .toList();
            if (sshKeys.size() + certificates.size()
                    == before.sshKeys().size() + before.certificates().size()) {
                throw new KeyStoreException(
                        KeyStoreException.Kind.INVALID,
                        "credential: " + Words.quote(credential) + " (expected: one of "
                                + String.join(", ", AccessOptions.credentials(before)) + ")");
            }
            return new KeyAccess(sshKeys, certificates, before.allowFrom());
        }
    }

    @Command(
            name = "allow-from",
            description = "Says from where alone a key works; what was said before is replaced.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {
                "  corral keys allow-from alice 10.0.0.0/8 2001:db8::/32",
                "  corral keys allow-from alice --anywhere"
            })
    static final class AllowFrom implements Callable<Integer> {
        @Mixin
        private final KeyOptions options;

        @Parameters(index = "0", paramLabel = "ID", description = "the key's id or name")
        private String id = "";

        @Parameters(index = "1..*", arity = "0..*", paramLabel = "CIDR", description = "addresses or ranges")
        private List<String> ranges = List.of();

        @Option(names = "--anywhere", description = "it works from everywhere")
        private boolean anywhere;

        AllowFrom(Console console) {
            this.options = new KeyOptions(console);
        }

        @Override
        public Integer call() throws CliException {
            if (anywhere != ranges.isEmpty()) {
                throw new CliException(
                        ExitCode.USAGE,
                        (anywhere ? "--anywhere and ranges" : "no range")
                                + " (expected: one or more such as 10.0.0.0/8, or --anywhere)");
            }
            CidrSet from = AccessOptions.ranges(ranges);
            return options.change(context -> {
                KeyRecord key = context.store()
                        .access(id, before -> new KeyAccess(before.sshKeys(), before.certificates(), from));
                return new KeyOptions.Changed(
                        key,
                        KeysCommand.shown(key) + " works from " + AccessOptions.from(key.access())
                                + "; in force within a second.");
            });
        }
    }
}
