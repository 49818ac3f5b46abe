package dev.corral.core.policy;

/** What becomes of a field of the request that a role may be kept from using. */
public enum FieldRule {
    /** It passes. */
    ALLOW,
    /** It is taken out. */
    DROP,
    /** The request is refused. */
    REFUSE
}
