package dev.corral.core.spi;

/** The only source of time in core and auth, so that tests can advance it. */
public interface NanoClock {
    /** The machine's clock. */
    NanoClock SYSTEM = new NanoClock() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public long epochMillis() {
            return System.currentTimeMillis();
        }
    };

    /** Monotonic nanoseconds, for intervals. */
    long nanos();

    /** Wall-clock milliseconds since the epoch, for time stamps and expiry. */
    long epochMillis();
}
