package dev.corral.server.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * An event as one line for people: time, level, message; a stack trace follows indented. Text from outside cannot
 * forge a line or steer a terminal: control characters, also those of exception messages, are escaped.
 */
final class ConsoleFormat {
    private static final String RESET = "\u001b[0m";
    private static final int MAX_CHARS = 8192;
    private static final int MAX_CAUSES = 8;

    private final DateTimeFormatter time;
    private final boolean colour;

    ConsoleFormat(ZoneId zone, boolean colour) {
        this.time = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT)
                .withZone(zone);
        this.colour = colour;
    }

    String format(ILoggingEvent event) {
        StringBuilder out = new StringBuilder(160);
        time.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), out);
        String on = colour ? colourOf(event.getLevel()) : "";
        out.append(' ').append(on);
        String level = event.getLevel().toString();
        out.append(level).append(" ".repeat(Math.max(0, 5 - level.length())));
        out.append(on.isEmpty() ? "" : RESET).append(' ');
        escape(event.getFormattedMessage(), out);
        out.append('\n');
        IThrowableProxy thrown = event.getThrowableProxy();
        for (int depth = 0; thrown != null && depth < MAX_CAUSES; depth++, thrown = thrown.getCause()) {
            out.append(depth == 0 ? "    " : "    caused by ").append(thrown.getClassName());
            if (thrown.getMessage() != null) {
                out.append(": ");
                escape(thrown.getMessage(), out);
            }
            out.append('\n');
            StackTraceElementProxy[] frames = thrown.getStackTraceElementProxyArray();
            int own = frames == null ? 0 : frames.length - thrown.getCommonFrames();
            for (int i = 0; i < own; i++) {
                out.append("        ");
                escape(frames[i].getSTEAsString(), out);
                out.append('\n');
            }
        }
        return out.toString();
    }

    private static void escape(String text, StringBuilder out) {
        int end = Math.min(text.length(), MAX_CHARS);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (unsafe(c)) {
                        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        if (end < text.length()) {
            out.append("...");
        }
    }

    /** Controls, line separators and what reorders text or hides (bidirectional and other format characters). */
    private static boolean unsafe(char c) {
        int type = Character.getType(c);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }

    private static String colourOf(Level level) {
        return switch (level.toInt()) {
            case Level.ERROR_INT -> "\u001b[1;31m";
            case Level.WARN_INT -> "\u001b[33m";
            case Level.INFO_INT -> "\u001b[32m";
            default -> "";
        };
    }
}
