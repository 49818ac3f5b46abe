package dev.corral.core.exchange;

import dev.corral.core.CoreSettings;
import dev.corral.core.CoreWiring;
import dev.corral.core.admit.FairQueue;
import dev.corral.core.admit.LockOut;
import dev.corral.core.admit.StrangerLimit;
import dev.corral.core.admit.WaitingBodies;
import dev.corral.core.body.BodyBudget;
import dev.corral.core.body.ZstdInflater;
import dev.corral.core.http.ConnectionLimiter;
import dev.corral.core.http.CorsPolicy;
import dev.corral.core.meter.ExpectedUsage;
import dev.corral.core.policy.ListingFilter;
import dev.corral.core.policy.LoadedModel;
import dev.corral.core.policy.ModelCatalogue;
import dev.corral.core.route.RouteTable;
import dev.corral.core.spi.ExchangeObserver;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.tls.TlsContexts;
import dev.corral.core.upstream.CatalogueReader;
import dev.corral.core.upstream.LoadedModels;
import dev.corral.core.upstream.Upstream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What all exchanges of a {@link dev.corral.core.ProxyCore} share. Any thread. */
public final class Shared {
    // No key holds more than this part of all bodies, but always room for one.
    private static final int BODY_SHARES = 4;
    // And no more than this part while its requests wait for their turn, but always one body.
    private static final int WAITING_SHARES = 16;

    final CoreWiring wiring;
    final CoreSettings settings;
    final RouteTable routes = new RouteTable();
    final CorsPolicy cors;
    final BodyBudget budget;
    final Upstream upstream;
    final ModelCatalogue catalogue;
    final ListingFilter listings;
    final ConnectionLimiter connections;
    final FairQueue queue;
    final WaitingBodies waitingBodies;
    final StrangerLimit strangers;
    // Null where addresses are not locked out.
    final @Nullable LockOut lockOut;
    final ExpectedUsage expected = new ExpectedUsage();
    final LargeBodies largeBodies = new LargeBodies();
    final HeadChain chain;
    final AtomicInteger inFlight = new AtomicInteger();
    // Client connections whose last bytes are on their way.
    final AtomicInteger ending = new AtomicInteger();
    volatile boolean draining;
    volatile boolean closing;
    private volatile @Nullable CatalogueReader reader;
    private volatile @Nullable LoadedModels loaded;

    public Shared(CoreWiring wiring) {
        this.wiring = wiring;
        this.settings = wiring.settings();
        this.cors = new CorsPolicy(settings.cors());
        this.budget = new BodyBudget(
                settings.limits().bufferedBodyBytes(),
                Math.max(settings.limits().bodyBytes(), settings.limits().bufferedBodyBytes() / BODY_SHARES));
        this.upstream = new Upstream(settings.upstream(), wiring.observer());
        this.connections = new ConnectionLimiter(
                settings.limits().connections(), settings.limits().connectionsPerAddress(), wiring.observer());
        this.catalogue = new ModelCatalogue(wiring.clock());
        this.listings = new ListingFilter(catalogue, this::modelsChanged);
        this.queue = new FairQueue(settings.queue(), wiring.clock(), this::isLoaded);
        this.waitingBodies = new WaitingBodies(settings.limits().bufferedBodyBytes() / WAITING_SHARES);
        this.strangers = new StrangerLimit(settings.limits().strangersPerMinute(), wiring.clock());
        this.lockOut = settings.edge().lockOut().enabled()
                ? new LockOut(settings.edge().lockOut(), wiring.clock(), wiring.observer()::lockedOut)
                : null;
        this.chain = new HeadChain(this);
        // Loads its library beside the rest of the start, and not on an event loop; the first body waits for it.
        Thread loader = new Thread(ZstdInflater::available, "corral-zstd");
        loader.setDaemon(true);
        loader.start();
    }

    public CoreSettings settings() {
        return settings;
    }

    /** The certificates; null where no listener speaks TLS. */
    public @Nullable TlsContexts tls() {
        return wiring.tls();
    }

    public NanoClock clock() {
        return wiring.clock();
    }

    public ExchangeObserver observer() {
        return wiring.observer();
    }

    public Upstream upstream() {
        return upstream;
    }

    public ConnectionLimiter connections() {
        return connections;
    }

    public BodyBudget budget() {
        return budget;
    }

    public FairQueue queue() {
        return queue;
    }

    /** Addresses that are locked out now. Looks through a table: for scrapes. */
    public int lockedOut() {
        return lockOut == null ? 0 : lockOut.lockedOut();
    }

    /** Exchanges begun and not ended. */
    public int inFlight() {
        return inFlight.get();
    }

    /** Client connections that end as soon as what was written has gone out. */
    public int ending() {
        return ending.get();
    }

    public boolean draining() {
        return draining;
    }

    /** Begins to read which models there are, if some role makes that necessary. */
    public void readCatalogue() {
        if (wiring.catalogue()) {
            reader = new CatalogueReader(
                    upstream,
                    catalogue,
                    wiring.clock(),
                    settings.timeouts().connect(),
                    settings.upstream().modelsInterval());
        }
    }

    /** Begins to look which models are loaded, if that decides who goes first. */
    public void watchLoaded() {
        if (settings.queue().preferLoaded()) {
            watched();
        }
    }

    /** The models that the upstream has loaded; none while that is not known, as when the first one asks for them. */
    public List<LoadedModel> loadedModels() {
        LoadedModels present = loaded;
        return (present == null ? watched() : present).models();
    }

    /** As often as the order in the queue needs it, whoever is the first to ask. */
    private synchronized LoadedModels watched() {
        LoadedModels present = loaded;
        if (present == null) {
            Duration interval = settings.queue().preferLoaded() ? LoadedModels.FOR_ORDER : LoadedModels.FOR_SHOW;
            present = new LoadedModels(
                    upstream, wiring.clock(), settings.timeouts().connect(), interval);
            loaded = present;
            if (closing) {
                present.close();
            }
        }
        return present;
    }

    private boolean isLoaded(String model) {
        LoadedModels present = loaded;
        return present != null && present.isLoaded(model);
    }

    /** Models may have come or gone. */
    void modelsChanged() {
        CatalogueReader present = reader;
        if (present != null) {
            present.refreshSoon();
        }
    }

    /** From now on a client's connection that ends was cut by us. */
    public void close() {
        closing = true;
        largeBodies.close();
        CatalogueReader present = reader;
        if (present != null) {
            present.close();
        }
        synchronized (this) {
            if (loaded != null) {
                loaded.close();
            }
        }
    }

    /** From now on new requests are refused and connections end with their response. */
    public void drain() {
        draining = true;
    }
}
