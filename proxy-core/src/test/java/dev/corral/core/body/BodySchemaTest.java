package dev.corral.core.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.EndpointGroup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class BodySchemaTest {
    private static final Set<Endpoint> UNREAD =
            EnumSet.of(Endpoint.ME, Endpoint.SIGNOUT, Endpoint.USER_KEY, Endpoint.WEB_SEARCH, Endpoint.WEB_FETCH);

    @ParameterizedTest
    @EnumSource(Endpoint.class)
    void everyJsonBodyThatMayNameAModel_hasASchema(Endpoint endpoint) {
        BodySchema schema = BodySchema.of(endpoint);

        if (endpoint.body() != Endpoint.BodyKind.JSON || UNREAD.contains(endpoint)) {
            assertThat(schema).isNull();
            return;
        }
        assertThat(fields(endpoint)).contains(endpoint == Endpoint.COPY_MODEL ? BodyField.SOURCE : BodyField.MODEL);
        assertThat(new HashSet<>(names(endpoint))).hasSameSizeAs(names(endpoint));
        assertThat(names(endpoint)).allSatisfy(name -> {
            assertThat(name).matches("[a-z_]{2,32}");
        });
    }

    @ParameterizedTest
    @EnumSource(Endpoint.class)
    void everyKnownName_isRefusedInEveryOtherSpelling(Endpoint endpoint) {
        for (String name : names(endpoint)) {
            String member = "\"" + name + "\":null";
            assertThat(Scans.refusal(endpoint, Scans.bytes("{" + member + "}")))
                    .as(member)
                    .isNull();
            String first = String.format("\\u%04x", (int) name.charAt(0));
            List<String> others = new ArrayList<>(List.of(
                    "{" + member + "," + member + "}",
                    "{\"" + name.toUpperCase(Locale.ROOT) + "\":null}",
                    "{\"" + capital(name) + "\":null}",
                    "{\"" + first + name.substring(1) + "\":null}",
                    "{\"" + first + capital(name.substring(1)) + "\":null}",
                    "{\"\\u00" + Integer.toHexString(Character.toUpperCase(name.charAt(0))) + name.substring(1)
                            + "\":null}"));
            if (name.indexOf('s') >= 0) {
                others.add("{\"" + name.replace('s', '\u017f') + "\":null}");
                others.add("{\"" + name.replace("s", "\\u017f") + "\":null}");
            }
            if (name.indexOf('k') >= 0) {
                others.add("{\"" + name.replace('k', '\u212a') + "\":null}");
                others.add("{\"" + name.replace("k", "\\u212A") + "\":null}");
            }
            others.removeIf(other -> other.equals("{" + member + "}"));
            for (String other : others) {
                assertThat(Scans.ambiguous(endpoint, other)).as(other).hasMessageStartingWith(name + ": ");
            }
        }
    }

    private static String capital(String name) {
        return name.substring(0, name.length() - 1)
                + Character.toUpperCase(name.charAt(name.length() - 1))
                + (name.endsWith("_") ? "X" : "");
    }

    @Test
    void inferenceRoutes_knowWhatDecidesAboutThem() {
        for (Endpoint endpoint : Endpoint.values()) {
            if (endpoint.group() == EndpointGroup.INFERENCE && BodySchema.of(endpoint) != null) {
                boolean embeds = endpoint.pattern().contains("embed");
                assertThat(fields(endpoint).contains(BodyField.STREAM))
                        .as(endpoint.name())
                        .isEqualTo(!embeds);
                assertThat(fields(endpoint)).contains(BodyField.KEEP_ALIVE, BodyField.OPTIONS);
            }
        }
    }

    /** Policy would otherwise forbid what is the conversation, or an administrator's business. */
    @Test
    void fieldsThatMeanSomethingElse_areKnownButNotRead() {
        for (Endpoint endpoint : new Endpoint[] {Endpoint.MESSAGES, Endpoint.SHOW, Endpoint.CREATE_MODEL}) {
            assertThat(names(endpoint)).contains("system");
            assertThat(fields(endpoint)).doesNotContain(BodyField.SYSTEM, BodyField.TEMPLATE);
        }
    }

    @Test
    void everyFieldOfTheBody_isReadOnSomeRoute() {
        Set<BodyField> read = EnumSet.noneOf(BodyField.class);
        for (Endpoint endpoint : Endpoint.values()) {
            read.addAll(fields(endpoint));
        }
        assertThat(Arrays.stream(BodyField.values()).filter(field -> field.parent() == null))
                .allMatch(read::contains);
    }

    @Test
    void optionsAndStreamOptions_holdEveryFieldWithThatParent() {
        assertThat(fields(BodySchema.OPTIONS)).isEqualTo(childrenOf(BodyField.OPTIONS));
        assertThat(fields(BodySchema.STREAM_OPTIONS)).isEqualTo(childrenOf(BodyField.STREAM_OPTIONS));
    }

    private static Set<BodyField> childrenOf(BodyField parent) {
        Set<BodyField> children = EnumSet.noneOf(BodyField.class);
        for (BodyField field : BodyField.values()) {
            if (field.parent() == parent) {
                children.add(field);
            }
        }
        return children;
    }

    private static List<String> names(Endpoint endpoint) {
        BodySchema schema = BodySchema.of(endpoint);
        List<String> names = new ArrayList<>();
        for (int i = 0; schema != null && i < schema.names().size(); i++) {
            names.add(schema.names().name(i));
        }
        return names;
    }

    private static Set<BodyField> fields(Endpoint endpoint) {
        BodySchema schema = BodySchema.of(endpoint);
        return schema == null ? EnumSet.noneOf(BodyField.class) : fields(schema);
    }

    private static Set<BodyField> fields(BodySchema schema) {
        Set<BodyField> fields = EnumSet.noneOf(BodyField.class);
        for (int i = 0; i < schema.names().size(); i++) {
            BodyField field = schema.field(i);
            if (field != null) {
                assertThat(field.json()).isEqualTo(schema.names().name(i));
                fields.add(field);
            }
        }
        return fields;
    }
}
