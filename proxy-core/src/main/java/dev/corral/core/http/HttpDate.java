package dev.corral.core.http;

import io.netty.util.AsciiString;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The Date field's value, made anew once a second. Confined to one event loop. */
public final class HttpDate {
    // RFC 9110 section 5.6.7: two digits for the day, which the JDK's RFC_1123_DATE_TIME does not write.
    private static final DateTimeFormatter IMF_FIXDATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private long second = Long.MIN_VALUE;
    private AsciiString value = AsciiString.EMPTY_STRING;

    /** The value at a time in milliseconds since the epoch. */
    public AsciiString at(long epochMillis) {
        long now = Math.floorDiv(epochMillis, 1000L);
        if (now != second) {
            second = now;
            value = new AsciiString(IMF_FIXDATE.format(Instant.ofEpochMilli(epochMillis)));
        }
        return value;
    }
}
