package dev.corral.core.policy;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;

/** What a rule throws to refuse a request. Without stack trace: strangers cause it. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final transient ProxyError error;

    /**
     * @param message in Corral's own words: names, numbers and the role, and of the caller's text at most a model name
     *     that was parsed
     */
    Refusal(ErrorCode code, String message) {
        super(message, null, false, false);
        this.error = new ProxyError(code, message);
    }

    ProxyError error() {
        return error;
    }
}
