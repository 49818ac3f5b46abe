package dev.corral.server.cli;

import dev.corral.auth.key.KeyStoreException;
import dev.corral.server.connect.ConnectException;
import dev.corral.server.state.UsageStoreException;
import dev.corral.server.wiring.StartException;
import java.io.Serial;
import java.util.List;

/** The command cannot do what it was asked to; says why, in lines for the person who asked. */
final class CliException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    CliException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    private CliException(int exitCode, Exception cause) {
        super(String.valueOf(cause.getMessage()), cause);
        this.exitCode = exitCode;
    }

    static CliException of(KeyStoreException e) {
        return new CliException(
                switch (e.kind()) {
                    case BAD_FILE -> ExitCode.BAD_DATA;
                    case CANNOT_CREATE, NAME_TAKEN, CREDENTIAL_TAKEN -> ExitCode.CANNOT_CREATE;
                    case IO -> ExitCode.IO;
                    case NO_SUCH_KEY, INVALID -> ExitCode.USAGE;
                },
                e);
    }

    static CliException of(UsageStoreException e) {
        return new CliException(
                switch (e.kind()) {
                    case NEWER, DAMAGED -> ExitCode.BAD_DATA;
                    case LIBRARY -> ExitCode.CONFIG;
                    case CANNOT_CREATE -> ExitCode.CANNOT_CREATE;
                    case MISSING, IO -> ExitCode.IO;
                },
                e);
    }

    static CliException of(StartException e) {
        return new CliException(
                switch (e.reason()) {
                    case BAD_KEY_FILE, BAD_STORE -> ExitCode.BAD_DATA;
                    case CONFIG -> ExitCode.CONFIG;
                    case UNAVAILABLE -> ExitCode.UNAVAILABLE;
                    case CANNOT_CREATE -> ExitCode.CANNOT_CREATE;
                    case IO -> ExitCode.IO;
                },
                e);
    }

    static CliException of(ConnectException e) {
        return new CliException(
                switch (e.reason()) {
                    case USAGE -> ExitCode.USAGE;
                    case BAD_FILE -> ExitCode.BAD_DATA;
                    case UNAVAILABLE -> ExitCode.UNAVAILABLE;
                    case IO -> ExitCode.IO;
                },
                e);
    }

    int exitCode() {
        return exitCode;
    }

    List<String> lines() {
        return String.valueOf(getMessage()).lines().toList();
    }
}
