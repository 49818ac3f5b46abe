package dev.corral.core.testkit;

import java.io.IOException;

/** What arrived is not HTTP/1 as this kit reads it, which is strictly. */
public final class MalformedException extends IOException {
    private static final long serialVersionUID = 1;

    MalformedException(String message) {
        super(message);
    }
}
