package dev.corral.server.config;

/** How much the program says about itself; the access and audit logs are apart from it. */
public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG
}
