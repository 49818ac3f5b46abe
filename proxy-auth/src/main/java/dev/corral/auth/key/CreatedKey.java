package dev.corral.auth.key;

/** A key just made or rotated: the only moment at which its secret exists outside its owner's hands. */
public final class CreatedKey {
    private final KeyRecord key;
    private final String secret;

    CreatedKey(KeyRecord key, String secret) {
        this.key = key;
        this.secret = secret;
    }

    /** What was stored. */
    public KeyRecord key() {
        return key;
    }

    /** The whole key string to hand to its owner. Never log it. */
    public String secret() {
        return secret;
    }

    @Override
    public String toString() {
        return "CreatedKey[" + key.id() + "]";
    }
}
