package dev.corral.core.spi;

/** Something to give back when an exchange ends. Core calls {@link #release} exactly once on every path. */
@FunctionalInterface
public interface Permit {
    /** Nothing to give back. */
    Permit NONE = usage -> {};

    /** Gives it back; called on the exchange's event loop, must not block or throw. */
    void release(Usage usage);
}
