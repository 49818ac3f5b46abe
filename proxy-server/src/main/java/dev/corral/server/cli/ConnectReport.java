package dev.corral.server.cli;

import dev.corral.server.connect.Credential;
import dev.corral.server.connect.LocalAddress;
import dev.corral.server.connect.LocalHelper;
import dev.corral.server.connect.RemoteAnswer;
import dev.corral.server.connect.RemoteUrl;
import dev.corral.server.connect.Standing;

/** What {@code corral connect} says to the person who runs it. */
final class ConnectReport {
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;

    private final Console console;
    private final RemoteUrl url;

    ConnectReport(Console console, RemoteUrl url) {
        this.console = console;
        this.url = url;
    }

    /** Once, at the start. */
    void begin(LocalHelper helper, Credential credential, Standing standing) {
        lead(helper, credential, standing);
        String here = helper.url();
        boolean usual = helper.address().getPort() == LocalAddress.OLLAMA.port();
        console.note("Programs " + (usual ? "that look for Ollama there need no setting; others: " : "need: ")
                + "OLLAMA_HOST=" + here + ", or " + here + "/v1 for OpenAI's, with any key. Ctrl-C ends it.");
        explain(credential, standing);
        if (url.readableOnTheWay()) {
            boolean secret = standing.kind() != Standing.Kind.UNGUARDED && !credential.signs();
            console.warning(url.shown() + " is not encrypted: who can read the network on the way reads "
                    + (secret ? "the key" : "what is asked") + ", so use https:// beyond your own machine");
        }
    }

    /** How things stand; and what to do where they do not stand well. */
    void tell(LocalHelper helper, Credential credential, Standing standing) {
        lead(helper, credential, standing);
        explain(credential, standing);
    }

    private void lead(LocalHelper helper, Credential credential, Standing standing) {
        console.note(console.strong(helper.url()) + " leads to " + url.shown() + ", which "
                + verdict(standing.kind(), credential) + ".");
    }

    private void explain(Credential credential, Standing standing) {
        switch (standing.kind()) {
            case ACCEPTED -> {
                if (!standing.corral()) {
                    console.note("  What asks for it there is no Corral.");
                }
            }
            case REFUSED -> refused(standing.answer(), credential);
            case UNGUARDED -> unguarded(credential);
            case ODD -> console.warning(oddity(standing.answer()));
            case AWAY ->
                console.warning(standing.answer().error()
                        + (!url.tls() && standing.answer().cutOff() ? "; perhaps it is https:// there" : ""));
        }
    }

    private static String verdict(Standing.Kind kind, Credential credential) {
        return switch (kind) {
            case ACCEPTED -> "answers and accepts " + credential.name();
            case REFUSED -> "answers but refuses " + credential.name();
            case UNGUARDED -> "answers without a credential";
            case ODD -> "answers otherwise than expected";
            case AWAY -> "cannot be used now";
        };
    }

    private void unguarded(Credential credential) {
        console.warning("nothing asks for a key there: "
                + (url.prefix().isEmpty()
                        ? "it is an Ollama with no Corral in front, and whoever reaches it can use it. Is the URL right?"
                                + " A Corral has a port of its own, such as 11435"
                        : "the path of the URL is enough, or no Corral is in front")
                + ". " + sentence(credential.name()) + " is not sent, unless it is asked for one day");
    }

    private static String sentence(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    private String oddity(RemoteAnswer answer) {
        if (answer.error().isEmpty() && answer.status() == BAD_REQUEST && !url.tls()) {
            // What a listener for TLS says to who does not speak it.
            return "it does not understand plain HTTP; perhaps it is https:// there";
        }
        if (answer.error().isEmpty()) {
            return "it answers with status " + answer.status() + ", which no Corral does; is the URL right?";
        }
        return answer.status() == OK ? answer.error() : "it says: " + answer.error();
    }

    private void refused(RemoteAnswer answer, Credential credential) {
        if (credential.signs()) {
            console.warning("the key that signs is not registered there, or the two clocks differ by minutes. The"
                    + " administrator lets it in with:");
            console.note("  corral keys add-ssh YOUR-NAME '" + credential.registration() + "'");
        } else {
            console.warning("the key is not good there: mistyped, expired, revoked, or of another Corral");
        }
        if (!answer.help().isEmpty()) {
            console.note("  see " + answer.help());
        }
    }
}
