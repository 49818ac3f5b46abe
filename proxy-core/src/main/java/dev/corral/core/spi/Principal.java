package dev.corral.core.spi;

/**
 * Who a request turned out to be. Never holds a secret.
 *
 * @param keyId the id of the key that was presented, safe to log
 * @param keyName the name its owner gave it; bounded and printable
 * @param role the name of the role whose policy applies
 */
public record Principal(String keyId, String keyName, String role) {}
