package dev.corral.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.Endpoint;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OptionPolicyTest {
    private static final RulesOf DROP = RulesOf.open()
            .load(LoadOption.NUM_CTX, OptionRule.Drop.INSTANCE)
            .load(LoadOption.USE_MMAP, OptionRule.Drop.INSTANCE)
            .load(LoadOption.SHIFT, OptionRule.Drop.INSTANCE);
    private static final RulesOf CLAMP = RulesOf.open().load(LoadOption.NUM_CTX, new OptionRule.Clamp(4, 8192));
    private static final RulesOf PIN = RulesOf.open().load(LoadOption.NUM_CTX, new OptionRule.Pin("8192"));
    private static final List<Endpoint> NATIVE =
            List.of(Endpoint.GENERATE, Endpoint.CHAT, Endpoint.EMBED, Endpoint.EMBEDDINGS);
    private static final List<Endpoint> OTHERS = List.of(
            Endpoint.CHAT_COMPLETIONS,
            Endpoint.COMPLETIONS,
            Endpoint.V1_EMBEDDINGS,
            Endpoint.RESPONSES,
            Endpoint.MESSAGES,
            Endpoint.SHOW);

    private static String options(String members) {
        return "{\"model\":\"here\",\"options\":{" + members + "}}";
    }

    private static String numCtx(String value) {
        return options("\"num_ctx\":" + value);
    }

    @Test
    void dropped_isGoneWithItsNameAndOneComma() {
        for (Endpoint endpoint : NATIVE) {
            Verdict.of(endpoint, DROP, numCtx("2048")).becomes(options(""), "options.num_ctx dropped");
            Verdict.of(endpoint, DROP, options("\"num_ctx\":1,\"seed\":2"))
                    .becomes(options("\"seed\":2"), "options.num_ctx dropped");
            Verdict.of(endpoint, DROP, options("\"seed\":2,\"num_ctx\":1"))
                    .becomes(options("\"seed\":2"), "options.num_ctx dropped");
            Verdict.of(endpoint, DROP, options("\"a\":[1,{}],\"num_ctx\":1,\"b\":\",\""))
                    .becomes(options("\"a\":[1,{}],\"b\":\",\""), "options.num_ctx dropped");
            Verdict.of(endpoint, DROP, options(" \n\"num_ctx\"\t:\r\n1 , \"use_mmap\" : true , \"seed\" : 2 "))
                    .becomes(options(" \n  \"seed\" : 2 "), "options.num_ctx dropped", "options.use_mmap dropped");
        }
    }

    @Test
    void dropped_whateverItsKind() {
        for (String value : List.of("0", "-1", "1e400", "\"2048\"", "true", "[1,[2]]", "{\"num_ctx\":1}")) {
            Verdict.of(Endpoint.CHAT, DROP, numCtx(value)).becomes(options(""), "options.num_ctx dropped");
        }
    }

    @Test
    void nullToBeDropped_isTakenOutToo_forOllamaCountsItAsChosen() {
        Verdict.of(Endpoint.CHAT, DROP, numCtx("null")).becomes(options(""));
        Verdict.of(Endpoint.CHAT, CLAMP, numCtx("null")).becomes(options(""));
    }

    @Test
    void whatIsNotThere_isNotDropped() {
        for (String body : List.of(
                "{\"model\":\"here\"}",
                "{\"model\":\"here\",\"options\":null}",
                options(""),
                options("\"NUM_CTX\":1,\"num_ctx2\":2,\"seed\":3"))) {
            NATIVE.forEach(endpoint -> {
                Verdict.of(endpoint, DROP, body).passes();
                Verdict.of(endpoint, CLAMP, body).passes();
            });
        }
    }

    @Test
    void insideTheClamp_staysByteForByte() {
        for (String value : List.of("4", "8192", "4096", "8191.9", "4.0", "8.192e3", "4096.000000000000000001")) {
            NATIVE.forEach(
                    endpoint -> Verdict.of(endpoint, CLAMP, numCtx(value)).passes());
        }
    }

    @Test
    void outsideTheClamp_isBroughtToTheNearerBound() {
        for (String value : List.of("8193", "8192.9", "1e300", "99999999999999999999", "9223372036854775808")) {
            NATIVE.forEach(endpoint ->
                    Verdict.of(endpoint, CLAMP, numCtx(value)).becomes(numCtx("8192"), "options.num_ctx=8192"));
        }
        for (String value : List.of("3", "3.99", "0", "-0", "-1", "-1e300", "1e-300")) {
            NATIVE.forEach(
                    endpoint -> Verdict.of(endpoint, CLAMP, numCtx(value)).becomes(numCtx("4"), "options.num_ctx=4"));
        }
    }

    @Test
    void clampOfWhatIsNoNumber_isRefused() {
        for (String value : List.of("\"4096\"", "true", "false", "[]", "{}", "1e400", "-1e999", "4".repeat(65))) {
            NATIVE.forEach(endpoint -> Verdict.of(endpoint, CLAMP, numCtx(value))
                    .refused(ErrorCode.INVALID_BODY, "\"options.num_ctx\"", "from 4 to 8192", "\"user\""));
        }
    }

    @Test
    void pinned_overwritesWhateverDiffers() {
        for (String value :
                List.of("8191", "0", "-1", "1e400", "8193.5", "\"8192\"", "true", "[]", "{}", "9".repeat(65))) {
            NATIVE.forEach(endpoint -> {
                Verdict verdict = Verdict.of(endpoint, PIN, numCtx(value));
                verdict.becomes(numCtx("8192"), "options.num_ctx=8192");
                assertThat(verdict.kinds()).containsExactly(Change.Kind.LOAD_OPTION);
            });
        }
    }

    @Test
    void pinned_leavesItsOwnValueAsItIsWritten() {
        for (String value : List.of("8192", "8192.0", "8.192e3", "8192.7")) {
            NATIVE.forEach(endpoint -> Verdict.of(endpoint, PIN, numCtx(value)).passes());
        }
    }

    @Test
    void pinned_isPutInWhereItIsNotNamed() {
        for (Endpoint endpoint : NATIVE) {
            Verdict verdict = Verdict.of(endpoint, PIN, "{\"model\":\"here\"}");
            verdict.becomes("{\"options\":{\"num_ctx\":8192},\"model\":\"here\"}", "options.num_ctx=8192");
            // Nobody asked for anything that would have loaded the model again.
            assertThat(verdict.kinds()).containsExactly(Change.Kind.DEFAULT);
            Verdict.of(endpoint, PIN, "{\"model\":\"here\",\"options\":null}")
                    .becomes("{\"model\":\"here\",\"options\":{\"num_ctx\":8192}}", "options.num_ctx=8192");
            Verdict.of(endpoint, PIN, options("")).becomes(numCtx("8192"), "options.num_ctx=8192");
            Verdict.of(endpoint, PIN, numCtx("null")).becomes(numCtx("8192"), "options.num_ctx=8192");
            Verdict.of(endpoint, PIN, options(" \"seed\":1"))
                    .becomes(options("\"num_ctx\":8192, \"seed\":1"), "options.num_ctx=8192");
        }
    }

    @Test
    void booleans_arePinned() {
        RulesOf rules = RulesOf.open()
                .load(LoadOption.USE_MMAP, new OptionRule.Pin("true"))
                .load(LoadOption.SHIFT, new OptionRule.Pin("false"));
        Verdict.of(Endpoint.CHAT, rules, "{\"model\":\"here\",\"shift\":false,\"options\":{\"use_mmap\":true}}")
                .passes();
        Verdict.of(Endpoint.CHAT, rules, "{\"model\":\"here\",\"shift\":true,\"options\":{\"use_mmap\":1}}")
                .becomes(
                        "{\"model\":\"here\",\"shift\":false,\"options\":{\"use_mmap\":true}}",
                        "options.use_mmap=true",
                        "shift=false");
        Verdict.of(Endpoint.CHAT, rules, "{\"model\":\"here\",\"shift\":null}")
                .becomes(
                        "{\"options\":{\"use_mmap\":true},\"model\":\"here\",\"shift\":false}",
                        "options.use_mmap=true",
                        "shift=false");
        Verdict.of(Endpoint.GENERATE, rules, "{\"model\":\"here\"}")
                .becomes(
                        "{\"shift\":false,\"options\":{\"use_mmap\":true},\"model\":\"here\"}",
                        "options.use_mmap=true",
                        "shift=false");
    }

    @Test
    void shift_isOfGenerateAndChatOnly() {
        for (Endpoint endpoint : List.of(Endpoint.GENERATE, Endpoint.CHAT)) {
            for (String value : List.of("true", "false", "0", "\"\"")) {
                Verdict.of(endpoint, DROP, "{\"model\":\"here\",\"shift\":" + value + "}")
                        .becomes("{\"model\":\"here\",\"shift\":null}", "shift dropped");
            }
            Verdict.of(endpoint, DROP, "{\"model\":\"here\",\"shift\":null}").passes();
        }
        RulesOf pinned = RulesOf.open().load(LoadOption.SHIFT, new OptionRule.Pin("true"));
        for (Endpoint endpoint : List.of(Endpoint.EMBED, Endpoint.EMBEDDINGS)) {
            Verdict.of(endpoint, DROP, "{\"model\":\"here\",\"shift\":true}").passes();
            Verdict.of(endpoint, pinned, "{\"model\":\"here\"}").passes();
        }
    }

    @Test
    void severalAtOnce_keepTheObjectInOrder() {
        RulesOf rules = RulesOf.open()
                .load(LoadOption.NUM_CTX, new OptionRule.Pin("8192"))
                .load(LoadOption.NUM_BATCH, OptionRule.Drop.INSTANCE)
                .load(LoadOption.NUM_GPU, new OptionRule.Clamp(0, 10))
                .load(LoadOption.NUM_THREAD, new OptionRule.Pin("-1"))
                .tokens(100, 50);
        Verdict.of(
                        Endpoint.GENERATE,
                        rules,
                        "{\"model\":\"here\",\"prompt\":\"x\",\"options\":{\"num_batch\":1,\"num_gpu\":99}}")
                .becomes(
                        "{\"model\":\"here\",\"prompt\":\"x\",\"options\":{\"num_ctx\":8192,\"num_thread\":-1,"
                                + "\"num_predict\":50,\"num_gpu\":10}}",
                        "options.num_ctx=8192",
                        "options.num_batch dropped",
                        "options.num_gpu=10",
                        "options.num_thread=-1",
                        "options.num_predict=50");
        Verdict.of(Endpoint.EMBED, rules, options("\"num_batch\":1"))
                .becomes(
                        options("\"num_ctx\":8192,\"num_thread\":-1"),
                        "options.num_ctx=8192",
                        "options.num_batch dropped",
                        "options.num_thread=-1");
    }

    @Test
    void routesWithoutThem_areLeftAlone() {
        RulesOf rules = RulesOf.open();
        for (LoadOption option : LoadOption.values()) {
            rules.load(option, new OptionRule.Pin(option.bool() ? "true" : "1"));
        }
        for (Endpoint endpoint : OTHERS) {
            Verdict.of(endpoint, rules, "{\"model\":\"here\",\"shift\":false}").passes();
        }
    }

    @Test
    void rulesThatFitNoOption_cannotBeMade() {
        for (String value : List.of("", "1.5", "1e3", "+1", "01", "\"x\"", "null", "1,\"num_gpu\":0", "9".repeat(19))) {
            assertThatIllegalArgumentException()
                    .as(value)
                    .isThrownBy(() -> new OptionRule.Pin(value))
                    .withMessageContaining(value);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new OptionRule.Clamp(2, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RulesOf.open()
                        .load(LoadOption.NUM_CTX, new OptionRule.Pin("true"))
                        .rules())
                .withMessageContaining("options.num_ctx");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RulesOf.open()
                        .load(LoadOption.SHIFT, new OptionRule.Clamp(0, 1))
                        .rules())
                .withMessageContaining("shift");
    }
}
