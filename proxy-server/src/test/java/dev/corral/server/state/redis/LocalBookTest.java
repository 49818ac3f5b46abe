package dev.corral.server.state.redis;

import dev.corral.auth.limit.LimitBook;
import dev.corral.auth.limit.LimitPlan;

/** The limiter that decides while Redis is away means the same as the one in Redis. */
final class LocalBookTest implements LimitBookContract {
    @Override
    public LimitBook book(LimitPlan plan) {
        return Students.local(plan);
    }
}
