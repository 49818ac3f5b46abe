package dev.corral.core.policy;

import static dev.corral.core.policy.Policies.apply;
import static dev.corral.core.policy.Policies.bytes;
import static dev.corral.core.policy.Policies.role;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.core.body.BadBody;
import dev.corral.core.body.BodyEdits;
import dev.corral.core.policy.ModelCatalogue.Place;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.testkit.TestClock;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A listing that was seen before is answered as if it were worked out anew, whatever has changed meanwhile. */
final class KnownListingsTest {
    private static final String STUB = "registry.ollama.ai/library/stub:latest";
    private static final String LISTING = "{\"models\":[{\"name\":\"chat\"},{\"name\":\"stub\"},{\"name\":\"tiny\"}]}";
    private static final String IDS = "{\"data\":[{\"id\":\"chat\"},{\"id\":\"stub\"},{\"id\":\"new\"}]}";

    private final TestClock clock = new TestClock();
    private final ModelCatalogue catalogue = new ModelCatalogue(clock);
    private final AtomicInteger unknown = new AtomicInteger();
    private final ListingFilter filter = new ListingFilter(catalogue, unknown::incrementAndGet);

    @Test
    void sameListing_isNotWorkedOutAgain() throws BadBody {
        RolePolicy role = role(false, "chat");
        BodyEdits first = filter.edits(Endpoint.TAGS, role, bytes(LISTING));

        assertThat(filter.edits(Endpoint.TAGS, role, direct(LISTING))).isSameAs(first);
        catalogue.learn(bytes(LISTING));
        BodyEdits learned = filter.edits(Endpoint.TAGS, role, bytes(LISTING));
        catalogue.learn(direct(LISTING));
        assertThat(filter.edits(Endpoint.TAGS, role, bytes(LISTING))).isSameAs(learned);
        assertThat(apply(learned, LISTING)).isEqualTo("{\"models\":[{\"name\":\"chat\"}]}");
    }

    @Test
    void otherRoleOrEndpoint_isAnsweredForItself() throws BadBody {
        RolePolicy one = role(false, "chat");
        RolePolicy other = role(false, "tiny");
        RolePolicy alike = role(false, "chat");
        for (int round = 0; round < 3; round++) {
            assertThat(filtered(Endpoint.TAGS, one, LISTING)).isEqualTo("{\"models\":[{\"name\":\"chat\"}]}");
            assertThat(filtered(Endpoint.PS, other, LISTING)).isEqualTo("{\"models\":[{\"name\":\"tiny\"}]}");
            assertThat(filtered(Endpoint.TAGS, other, LISTING)).isEqualTo("{\"models\":[{\"name\":\"tiny\"}]}");
            assertThat(filtered(Endpoint.TAGS, alike, LISTING)).isEqualTo("{\"models\":[{\"name\":\"chat\"}]}");
        }
    }

    @Test
    void sameListing_afterItsModelBecameAStub_isCutAnew() throws BadBody {
        RolePolicy role = role(false, "*");
        assertThat(filtered(Endpoint.PS, role, LISTING)).isEqualTo(LISTING);
        catalogue.learn(Map.of(STUB, Place.REMOTE));
        assertThat(filtered(Endpoint.PS, role, LISTING))
                .isEqualTo("{\"models\":[{\"name\":\"chat\"},{\"name\":\"tiny\"}]}");
        catalogue.learn(Map.of(STUB, Place.LOCAL));
        assertThat(filtered(Endpoint.PS, role, LISTING)).isEqualTo(LISTING);
    }

    @Test
    void modelThatIsNotKnown_isToldOfEachTime() throws BadBody {
        RolePolicy role = role(false, "*");
        catalogue.learn(bytes("{\"models\":[{\"name\":\"chat\"},{\"name\":\"stub\",\"remote_host\":\"x\"}]}"));
        for (int round = 1; round <= 3; round++) {
            assertThat(filtered(Endpoint.MODELS, role, IDS)).isEqualTo("{\"data\":[{\"id\":\"chat\"}]}");
            assertThat(unknown).hasValue(round);
        }
        catalogue.learn(bytes("{\"models\":[{\"name\":\"chat\"},{\"name\":\"new\"},{\"name\":\"stub\"}]}"));
        assertThat(filtered(Endpoint.MODELS, role, IDS)).isEqualTo(IDS);
        assertThat(filtered(Endpoint.MODELS, role, IDS)).isEqualTo(IDS);
        assertThat(unknown).hasValue(3);
    }

    @Test
    void anyByteChanged_isReadAnew() throws BadBody {
        RolePolicy role = role(false, "chat");
        ListingFilter plain = new ListingFilter(catalogue, () -> {});
        for (int at = 0; at < LISTING.length(); at++) {
            for (char c : "x\" ]".toCharArray()) {
                filter.edits(Endpoint.TAGS, role, bytes(LISTING));
                String changed = LISTING.substring(0, at) + c + LISTING.substring(at + 1);
                assertThat(answer(filter, role, changed))
                        .isEqualTo(answer(new ListingFilter(catalogue, () -> {}), role, changed));
            }
        }
        assertThat(answer(filter, role, LISTING + " ")).isEqualTo(answer(plain, role, LISTING + " "));
        assertThat(answer(filter, role, LISTING.substring(1))).isEqualTo("refused");
    }

    @Test
    void randomListingsRolesAndCatalogues_areAnsweredAsByAFilterThatHasSeenNothing() throws BadBody {
        Random random = new Random(9);
        List<RolePolicy> roles = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            roles.add(role(random.nextBoolean(), "m" + i % 5 + "*", "m" + random.nextInt(9)));
        }
        List<String> listings = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            StringBuilder listing = new StringBuilder("{\"models\":[");
            for (int model = random.nextInt(6); model >= 0; model--) {
                listing.append("{\"name\":\"m").append(random.nextInt(12)).append("\"},");
            }
            listing.setLength(listing.length() - 1);
            listings.add(listing.append("]}").toString());
        }
        for (int round = 0; round < 20_000; round++) {
            if (random.nextInt(20) == 0) {
                catalogue.learn(bytes(listings.get(random.nextInt(listings.size()))));
            }
            String listing = listings.get(random.nextInt(listings.size()));
            RolePolicy role = roles.get(random.nextInt(random.nextBoolean() ? 3 : roles.size()));
            Endpoint endpoint = random.nextBoolean() ? Endpoint.TAGS : Endpoint.PS;
            assertThat(filtered(endpoint, role, listing))
                    .isEqualTo(apply(
                            new ListingFilter(catalogue, () -> {}).edits(endpoint, role, bytes(listing)), listing));
        }
    }

    @Test
    void largeListing_isWorkedOutEachTime() throws BadBody {
        String large = LISTING + " ".repeat(KnownListings.LARGEST);
        RolePolicy role = role(false, "chat");
        BodyEdits first = filter.edits(Endpoint.TAGS, role, bytes(large));
        BodyEdits second = filter.edits(Endpoint.TAGS, role, bytes(large));

        assertThat(second).isNotSameAs(first);
        assertThat(apply(second, LISTING)).isEqualTo(apply(first, LISTING));
        assertThat(catalogue.learn(bytes(large))).isNull();
        ModelCatalogue.Snapshot learned = catalogue.snapshot();
        catalogue.learn(bytes(large));
        assertThat(catalogue.snapshot()).isNotSameAs(learned);
    }

    @Test
    void sameListingLearnedAgain_isYoungAgain() {
        catalogue.learn(bytes(LISTING));
        ModelCatalogue.Snapshot learned = catalogue.snapshot();
        clock.advance(Duration.ofMinutes(3));
        assertThat(catalogue.age()).isEqualTo(Duration.ofMinutes(3));
        catalogue.learn(direct(LISTING));

        assertThat(catalogue.age()).isEqualTo(Duration.ZERO);
        assertThat(catalogue.snapshot()).isSameAs(learned);
    }

    @Test
    void listingBufferUsedAgain_doesNotChangeWhatIsRemembered() throws BadBody {
        RolePolicy role = role(false, "chat");
        ByteBuffer buffer = direct(LISTING);
        catalogue.learn(buffer);
        filter.edits(Endpoint.TAGS, role, buffer);
        String other = LISTING.replace("chat", "tall").replace("tiny", "chat");
        buffer.put(0, other.getBytes(StandardCharsets.UTF_8));

        assertThat(filtered(Endpoint.TAGS, role, other)).isEqualTo("{\"models\":[{\"name\":\"chat\"}]}");
        assertThat(catalogue.learn(buffer)).isNull();
        assertThat(catalogue.place(Objects.requireNonNull(ModelName.parse("tall"))))
                .isEqualTo(Place.LOCAL);
    }

    @Test
    void severalThreads_whileTheCatalogueChanges_neverSeeAMixture() throws InterruptedException {
        RolePolicy role = role(false, "*");
        String without = "{\"models\":[{\"name\":\"chat\"},{\"name\":\"tiny\"}]}";
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        Thread[] threads = new Thread[3];
        for (int i = 0; i < threads.length; i++) {
            boolean learns = i == 0;
            threads[i] = new Thread(() -> {
                for (int round = 0; round < 20_000; round++) {
                    if (learns) {
                        catalogue.learn(Map.of(STUB, round % 2 == 0 ? Place.REMOTE : Place.LOCAL));
                        continue;
                    }
                    String seen = answer(filter, role, LISTING);
                    if (!seen.equals(LISTING) && !seen.equals(without)) {
                        wrong.add(seen);
                    }
                }
            });
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(wrong).isEmpty();
        catalogue.learn(Map.of(STUB, Place.REMOTE));
        assertThat(answer(filter, role, LISTING)).isEqualTo(without);
    }

    @Test
    void whatCannotBeRead_isRefusedEachTime() {
        RolePolicy role = role(false, "chat");
        for (int round = 0; round < 2; round++) {
            assertThatThrownBy(() -> filter.edits(Endpoint.TAGS, role, bytes("{\"models\":[")))
                    .isInstanceOf(BadBody.class);
        }
    }

    private String filtered(Endpoint endpoint, RolePolicy role, String listing) throws BadBody {
        return apply(filter.edits(endpoint, role, bytes(listing)), listing);
    }

    private static String answer(ListingFilter filter, RolePolicy role, String listing) {
        try {
            return apply(filter.edits(Endpoint.TAGS, role, bytes(listing)), listing);
        } catch (BadBody e) {
            return "refused";
        }
    }

    private static ByteBuffer direct(String listing) {
        byte[] bytes = listing.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }
}
