package dev.corral.core.body.oracle;

/** Go's decoder returns an error. */
final class GoRefuses extends Exception {
    private static final long serialVersionUID = 1;

    GoRefuses(String why) {
        super(why, null, false, false);
    }
}
