package dev.corral.auth.jwt;

/**
 * A moment's look at an issuer, for metrics.
 *
 * @param issuer what its tokens call it
 * @param keys how many of its keys hold now; 0 where its tokens are refused
 * @param ageSeconds since its keys were fetched last; NaN where they never were
 * @param fetched how often they were fetched
 * @param failed how often they could not be
 */
public record IssuerCounts(String issuer, int keys, double ageSeconds, long fetched, long failed) {}
