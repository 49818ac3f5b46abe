package dev.corral.server.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The types of settings. */
final class Types {
    /** Java's expressions need stack for repeated groups. */
    private static final int MAX_ORIGIN = 300;

    private static final Pattern CORS_ORIGIN = Pattern.compile("\\*|[a-z][a-z0-9+.-]*://(\\*|"
            + "([a-z0-9_-]+(\\.[a-z0-9_-]+)*|\\[[0-9a-f:.]+\\])(:(\\*|[1-9][0-9]{0,4}))?)");

    static final ScalarType<Boolean> BOOLEAN = new ScalarType<>(
            "true or false",
            (text, in) -> switch (text) {
                case "true" -> true;
                case "false" -> false;
                default -> null;
            },
            String::valueOf);

    static final ScalarType<InetSocketAddress> LISTEN = new ScalarType<>(
            "ADDRESS:PORT with an IP address or localhost, such as 127.0.0.1:11435 or \"[::1]:11435\"; port 0 for any free one",
            (text, in) -> Addresses.socketAddress(text),
            Addresses::format);

    static final ScalarType<Path> PATH = new ScalarType<>(
            "a path; ~/ is the home directory, a relative one is below this file's directory",
            (text, in) -> in.path(text),
            Path::toString);

    static final ScalarType<Addresses.HostPort> UPSTREAM_URL =
            new ScalarType<>("http://HOST:PORT, nothing after it", Types::upstreamUrl, url -> "http://" + url.text());

    static final ScalarType<String> ORIGIN_URL = new ScalarType<>(
            "https://HOST or http://HOST, with :PORT if it is not the usual one, nothing after it",
            (text, in) -> originUrl(text),
            url -> url);

    static final ListType<String> CORS_ORIGINS = new ListType<>(
            "a list of origins such as https://chat.lab; http://localhost:* for any port, app://* for all of a scheme, \"*\" alone for all",
            new ScalarType<>(
                    "an origin in lower case and without path, such as https://chat.lab, http://localhost:*, app://* or \"*\"",
                    (text, in) -> text.length() <= MAX_ORIGIN
                                    && CORS_ORIGIN.matcher(text).matches()
                            ? text
                            : null,
                    origin -> origin));

    private Types() {}

    static ScalarType<Duration> duration(Duration min, Duration max) {
        String range = Durations.format(min) + " to " + Durations.format(max);
        return new ScalarType<>(
                range,
                (text, in) -> {
                    Duration value = Durations.parse(text);
                    if (value == null) {
                        throw new ScalarType.Unexpected(Durations.EXPECTATION);
                    }
                    return value.compareTo(min) < 0 || value.compareTo(max) > 0 ? null : value;
                },
                Durations::format);
    }

    static ScalarType<Long> size(long min, long max) {
        String range = Sizes.format(min) + " to " + Sizes.format(max);
        return new ScalarType<>(
                range,
                (text, in) -> {
                    OptionalLong value = Sizes.parse(text);
                    if (value.isEmpty()) {
                        throw new ScalarType.Unexpected(Sizes.EXPECTATION);
                    }
                    return value.getAsLong() < min || value.getAsLong() > max ? null : (Long) value.getAsLong();
                },
                Sizes::format);
    }

    static ScalarType<Integer> number(int min, int max) {
        Pattern digits = Pattern.compile("[0-9]{1,9}");
        return new ScalarType<>(
                min + " to " + max,
                (text, in) -> {
                    if (!digits.matcher(text).matches()) {
                        throw new ScalarType.Unexpected("a whole number, " + min + " to " + max);
                    }
                    int value = Integer.parseInt(text);
                    return value < min || value > max ? null : (Integer) value;
                },
                String::valueOf);
    }

    /** The constants of an enum in lower case. */
    static <E extends Enum<E>> ScalarType<E> oneOf(List<E> constants) {
        return oneOf(constants, Types::name);
    }

    /** One of a few values, each with its word. */
    static <E> ScalarType<E> oneOf(List<E> values, Function<E, String> name) {
        List<String> names = values.stream().map(name).toList();
        String expectation = "one of " + String.join(", ", names);
        return new ScalarType<>(
                expectation,
                (text, in) -> {
                    int index = names.indexOf(text);
                    if (index < 0) {
                        throw new ScalarType.Unexpected(expectation + DidYouMean.hint(text, names));
                    }
                    return values.get(index);
                },
                name);
    }

    static <E extends Enum<E>> ScalarType<E> oneOf(E[] constants) {
        return oneOf(Arrays.asList(constants));
    }

    /** A value, or {@code any} for the one that bounds nothing. */
    static <T> ScalarType<T> orAny(ScalarType<T> type, T unbounded) {
        return new ScalarType<>(
                type.expectation() + "; \"any\" for no bound",
                (text, in) -> {
                    if (text.equals("any")) {
                        return unbounded;
                    }
                    try {
                        return type.literal().parse(text, in);
                    } catch (ScalarType.Unexpected e) {
                        // It would leave out that there is "any".
                        return null;
                    }
                },
                value -> value.equals(unbounded) ? "any" : type.format().apply(value));
    }

    /** A value, or a word that stands for having none. */
    static <T> ScalarType<Optional<T>> optional(ScalarType<T> type, String none, String meaning) {
        return new ScalarType<>(
                type.expectation() + "; \"" + none + "\" " + meaning,
                (text, in) -> {
                    if (text.equals(none)) {
                        return Optional.empty();
                    }
                    T value = type.literal().parse(text, in);
                    return value == null ? null : Optional.of(value);
                },
                value -> value.map(type.format()).orElse(none));
    }

    private static Addresses.@Nullable HostPort upstreamUrl(String text, Reading in) throws ScalarType.Unexpected {
        String scheme = text.substring(0, Math.max(text.indexOf("://"), 0)).toLowerCase(Locale.ROOT);
        if (scheme.equals("https")) {
            throw new ScalarType.Unexpected("http://HOST:PORT; https to the upstream is not supported");
        }
        if (!scheme.equals("http")) {
            return null;
        }
        String rest = text.substring("http://".length());
        Addresses.HostPort address = Addresses.hostPort(withoutSlash(rest), 80);
        return address == null || address.port() == 0 ? null : address;
    }

    private static @Nullable String originUrl(String text) {
        for (String scheme : List.of("https://", "http://")) {
            if (text.regionMatches(true, 0, scheme, 0, scheme.length())) {
                String authority = withoutSlash(text.substring(scheme.length()));
                return Addresses.hostPort(authority, 80) == null ? null : scheme + authority;
            }
        }
        return null;
    }

    private static String withoutSlash(String text) {
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
