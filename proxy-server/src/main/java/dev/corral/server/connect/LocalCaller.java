package dev.corral.server.connect;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.Authenticator;
import dev.corral.core.spi.Principal;
import dev.corral.core.spi.RequestView;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lets in whoever calls this machine by an address that only this machine has. A web page whose name's DNS record was
 * turned to 127.0.0.1 (DNS rebinding) is same-origin with us for the browser, but its requests carry its own name in
 * {@code Host}. Pages of other origins are CORS's concern, as everywhere.
 */
final class LocalCaller implements Authenticator {
    private static final Pattern HOST = Pattern.compile("(localhost|[0-9.]+|\\[[0-9a-f:]+])(:[0-9]{1,5})?");
    private static final AuthDecision SOMEBODY = new AuthDecision.Granted(new Principal("local", "local", "local"));
    private static final AuthDecision ELSEWHERE = new AuthDecision.Denied(new ProxyError(
            ErrorCode.BAD_HOST,
            "corral connect serves this machine alone: call it by 127.0.0.1, [::1] or localhost, not by another name"));

    @Override
    public AuthDecision authenticate(RequestView request) {
        List<String> hosts = request.headers("Host");
        return hosts.size() == 1 && local(hosts.get(0)) ? SOMEBODY : ELSEWHERE;
    }

    private static boolean local(String host) {
        Matcher parts = HOST.matcher(host.toLowerCase(Locale.ROOT));
        if (!parts.matches()) {
            return false;
        }
        String name = parts.group(1);
        return name.equals("localhost")
                || RemoteUrl.loopback(name.startsWith("[") ? name.substring(1, name.length() - 1) : name);
    }
}
