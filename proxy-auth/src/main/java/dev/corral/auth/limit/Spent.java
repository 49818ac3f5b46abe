package dev.corral.auth.limit;

/**
 * What an account has used of the calendar's limits, as found in a store.
 *
 * @param tokensToday since the day began
 * @param tokensThisMonth since the month began
 * @param gpuNanosToday since the day began
 */
public record Spent(long tokensToday, long tokensThisMonth, long gpuNanosToday) {
    public static final Spent NOTHING = new Spent(0, 0, 0);

    /** Both together. */
    public Spent plus(Spent other) {
        return new Spent(
                tokensToday + other.tokensToday,
                tokensThisMonth + other.tokensThisMonth,
                gpuNanosToday + other.gpuNanosToday);
    }
}
