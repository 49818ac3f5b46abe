package dev.corral.core.exchange;

import dev.corral.core.body.JsonFieldScanner;
import dev.corral.core.http.HttpDate;
import dev.corral.core.http.RequestIds;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.upstream.ConnectionPool;

/**
 * What belongs to one event loop. Confined to it.
 *
 * @param pool connections to the upstream
 * @param deadlines the clock of everything that waits
 * @param ids request ids
 * @param date the Date field
 * @param scanner reads JSON bodies
 * @param clock the source of time
 */
public record LoopContext(
        ConnectionPool pool,
        Deadlines deadlines,
        RequestIds ids,
        HttpDate date,
        JsonFieldScanner scanner,
        NanoClock clock) {}
