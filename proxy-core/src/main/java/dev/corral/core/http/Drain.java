package dev.corral.core.http;

/** Told, as a user event, to all connections of a process that is about to end. */
public enum Drain {
    BEGUN
}
