package dev.corral.core.body;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;

/** Refusals of forms. No message has text of the caller's. */
final class FormErrors {
    private FormErrors() {}

    /** Not a form, or not one that Ollama could use. */
    static BadBody invalid(String message) {
        return new BadBody(new ProxyError(ErrorCode.INVALID_BODY, message));
    }

    /** A form that different programs would read differently. */
    static BadBody ambiguous(String message) {
        return new BadBody(new ProxyError(ErrorCode.AMBIGUOUS_BODY, message));
    }

    static BadBody modelRequired() {
        return invalid("model is required");
    }

    static BadBody invalidModelName() {
        return new BadBody(new ProxyError(ErrorCode.INVALID_MODEL_NAME, "invalid model name"));
    }
}
