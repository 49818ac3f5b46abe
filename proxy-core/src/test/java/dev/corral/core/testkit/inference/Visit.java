package dev.corral.core.testkit.inference;

import dev.corral.core.spi.Endpoint;
import java.util.List;
import java.util.Random;

/**
 * One client's request and how long it stays.
 *
 * @param key whose request it is
 * @param order what it asks for
 * @param leaves when it leaves
 * @param at bytes of the response body that it reads before it leaves, or of the request body that it sends
 * @param reset whether it leaves with an RST instead of a FIN
 */
public record Visit(String key, Order order, Leaves leaves, int at, boolean reset) {
    /** When a client leaves. */
    public enum Leaves {
        /** With the whole answer. */
        NEVER,
        /** In the middle of the answer. */
        READING,
        /** As soon as it has asked. */
        ASKED,
        /** In the middle of asking. */
        ASKING
    }

    private static final List<Endpoint> ROUTES = List.of(
            Endpoint.GENERATE,
            Endpoint.CHAT,
            Endpoint.EMBED,
            Endpoint.EMBEDDINGS,
            Endpoint.CHAT_COMPLETIONS,
            Endpoint.COMPLETIONS,
            Endpoint.V1_EMBEDDINGS,
            Endpoint.RESPONSES,
            Endpoint.MESSAGES,
            Endpoint.TRANSCRIPTIONS);
    private static final long MILLI = 1_000_000;

    /**
     * Any request of a mixed load, the same for the same number: of ten, seven clients stay and nine models work.
     *
     * @param keys to choose from
     * @param models to choose from
     */
    public static Visit any(int number, List<String> keys, List<String> models) {
        Random random = new Random(0x5eedL * 1_000_003 + number);
        // The first numbers of neighbouring seeds are alike.
        random.nextLong();
        Endpoint endpoint = ROUTES.get(random.nextInt(ROUTES.size()));
        boolean streamed = Order.streams(endpoint) && random.nextInt(4) != 0;
        boolean usage = streamed && random.nextBoolean();
        boolean thinks = Order.streams(endpoint) && endpoint != Endpoint.COMPLETIONS && random.nextInt(3) == 0;
        Costs costs = new Costs(
                1 + random.nextInt(60),
                thinks ? 1 + random.nextInt(5) : 0,
                1 + random.nextInt(30),
                random.nextInt(3) * MILLI,
                1 + random.nextInt(20) * MILLI,
                1 + random.nextInt(900) * MILLI);
        String model = models.get(random.nextInt(models.size()));
        Order order = new Order(number, endpoint, model, streamed, usage, costs, fault(streamed, random));
        Leaves leaves = leaves(order, random);
        int bytes = leaves == Leaves.READING ? Answers.body(order).length() : order.bodySize();
        return new Visit(
                keys.get(random.nextInt(keys.size())), order, leaves, random.nextInt(bytes), random.nextBoolean());
    }

    private static Fault fault(boolean streamed, Random random) {
        return switch (random.nextInt(40)) {
            case 0 -> Fault.STATUS;
            case 1 -> Fault.RESET;
            case 2 -> streamed ? Fault.ERROR : Fault.NONE;
            case 3 -> streamed ? Fault.NO_END : Fault.NONE;
            default -> Fault.NONE;
        };
    }

    private static Leaves leaves(Order order, Random random) {
        return switch (random.nextInt(20)) {
            case 0, 1, 2, 3 ->
                order.fault() == Fault.STATUS || order.fault() == Fault.RESET ? Leaves.NEVER : Leaves.READING;
            case 4 -> Leaves.ASKED;
            case 5 -> Leaves.ASKING;
            default -> Leaves.NEVER;
        };
    }
}
