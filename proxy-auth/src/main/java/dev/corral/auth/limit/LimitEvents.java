package dev.corral.auth.limit;

/** Is told of refusals. Called on event loops; must not block or throw. */
@FunctionalInterface
public interface LimitEvents {
    /** Tells nobody. */
    LimitEvents NONE = kind -> {};

    /** A request was refused; called once for it, with the limit that it has to wait for longest. */
    void refused(LimitKind kind);
}
