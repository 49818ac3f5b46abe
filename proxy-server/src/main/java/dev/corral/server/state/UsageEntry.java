package dev.corral.server.state;

import java.time.LocalDate;

/**
 * What one key used of one model on one day.
 *
 * @param day in the configured time zone
 * @param keyId the key
 * @param model canonical name
 */
public record UsageEntry(LocalDate day, String keyId, String model, UsageSums sums) {}
