package dev.corral.server.connect;

/**
 * How things stand with the other side.
 *
 * @param kind in a word
 * @param answer what the question brought that tells it
 * @param corral whether what asks for a credential there is a Corral; true where nothing does
 */
public record Standing(Kind kind, RemoteAnswer answer, boolean corral) {
    /** The possible ones. */
    public enum Kind {
        /** It takes the credential. */
        ACCEPTED,
        /** It does not. */
        REFUSED,
        /** It answers without any, as an Ollama does. */
        UNGUARDED,
        /** It answers as no Corral does. */
        ODD,
        /** It does not answer. */
        AWAY
    }

    static Standing of(RemoteAnswer answer, boolean there, boolean corral) {
        Kind kind = answer.accepted() ? Kind.ACCEPTED : answer.refused() ? Kind.REFUSED : there ? Kind.ODD : Kind.AWAY;
        return new Standing(kind, answer, corral);
    }

    /** Whether an answer with this status says something else. */
    boolean contradictedBy(int status) {
        boolean refused = status == RemoteAnswer.UNAUTHORIZED;
        return switch (kind) {
            case ACCEPTED, UNGUARDED -> refused;
            case REFUSED -> !refused;
            case ODD, AWAY -> true;
        };
    }
}
