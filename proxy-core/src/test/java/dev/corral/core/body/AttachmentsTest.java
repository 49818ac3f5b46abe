package dev.corral.core.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.Endpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How many attachments a body carries, in the words of each API. */
final class AttachmentsTest {
    private static final String DATA = "data:image/png;base64,";

    @Test
    void generate_countsElementsOfImages() {
        assertImages(Endpoint.GENERATE, "{\"images\":[\"AAAA\",\"AAAAAAAA\",\"\"]}", 3, 8);
        assertImages(Endpoint.GENERATE, "{\"images\":[]}", 0, 0);
        assertImages(Endpoint.GENERATE, "{\"images\":null}", 0, 0);
        assertImages(Endpoint.GENERATE, "{\"prompt\":\"x\"}", 0, 0);
        assertImages(Endpoint.GENERATE, "{\"images\":[null,{\"x\":[]},7]}", 3, 0);
    }

    @Test
    void chat_countsImagesOfEveryMessage() {
        assertImages(
                Endpoint.CHAT,
                "{\"messages\":[{\"content\":\"x\",\"images\":[\"AAAA\"]},{\"images\":[\"AAAAAA==\",\"AA==\"]},{}]}",
                3,
                8);
    }

    /** Go decodes an array of numbers into bytes as well as base64. */
    @Test
    void imageAsNumbers_isNotSmallerThanItsBase64() {
        JsonFields fields = Scans.scan(Endpoint.CHAT, "{\"messages\":[{\"images\":[[1,2,3,4,5,6],[]]}]}");

        assertThat(fields.images()).isEqualTo(2);
        assertThat(fields.longestImage()).isBetween(8L, 16L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"images", "IMAGES", "image\u017f", "\\u0069mages", "image\\u017F", "\\u0049mage\u017f"})
    void everySpellingInsideAMessage_counts(String name) {
        assertImages(Endpoint.CHAT, "{\"messages\":[{\"" + name + "\":[\"AAAA\"],\"images\":[\"AA\"]}]}", 2, 4);
    }

    @Test
    void openAiParts_count() {
        String url = "{\"type\":\"image_url\",\"image_url\":{\"detail\":\"low\",\"url\":\"" + DATA + "AAAAAAAA\"}}";
        String plain = "{\"type\":\"image_url\",\"image_url\":\"" + DATA + "AAAA\"}";
        String audio = "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"AAAAAAAAAAAA\",\"format\":\"wav\"}}";
        String text = "{\"type\":\"text\",\"text\":\"image_url\"}";

        assertImages(Endpoint.CHAT_COMPLETIONS, parts(url), 1, 8);
        assertImages(Endpoint.CHAT_COMPLETIONS, parts(plain), 1, 4);
        assertImages(Endpoint.CHAT_COMPLETIONS, parts(audio), 1, 12);
        assertImages(Endpoint.CHAT_COMPLETIONS, parts(text), 0, 0);
        assertImages(Endpoint.CHAT_COMPLETIONS, parts(url + "," + text + "," + plain + "," + audio), 3, 12);
        assertImages(Endpoint.CHAT_COMPLETIONS, parts(url.replace("\"url\"", "\"\\u0075RL\"")), 1, 8);
        assertImages(Endpoint.CHAT_COMPLETIONS, "{\"messages\":[{\"content\":" + url + "}]}", 1, 8);
    }

    private static String parts(String parts) {
        return "{\"messages\":[{\"role\":\"user\",\"content\":[" + parts + "]}]}";
    }

    @Test
    void responsesInput_counts() {
        String image = "{\"type\":\"input_image\",\"detail\":\"auto\",\"image_url\":\"" + DATA + "AAAA\"}";

        assertImages(Endpoint.RESPONSES, "{\"input\":[{\"role\":\"user\",\"content\":[" + image + "]}]}", 1, 4);
        assertImages(
                Endpoint.RESPONSES,
                "{\"input\":[{\"type\":\"function_call_output\",\"output\":[" + image + "," + image + "]}]}",
                2,
                4);
        assertImages(Endpoint.RESPONSES, "{\"input\":\"image_url\"}", 0, 0);
        assertImages(Endpoint.RESPONSES, "{\"messages\":[{\"content\":[" + image + "]}]}", 0, 0);
    }

    @Test
    void anthropicBlocks_countAlsoInsideToolResults() {
        String image =
                "{\"type\":\"image\",\"source\":{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"AAAA\"}}";
        String result = "{\"type\":\"tool_result\",\"tool_use_id\":\"t\",\"content\":[" + image + "]}";

        assertImages(Endpoint.MESSAGES, parts(image), 1, 4);
        assertImages(Endpoint.MESSAGES, parts(result), 1, 4);
        assertImages(Endpoint.MESSAGES, parts(result + "," + image), 2, 4);
        assertImages(Endpoint.MESSAGES, parts(image.replace("source", "\\u017fource")), 1, 4);
        assertImages(Endpoint.MESSAGES, parts("{\"type\":\"image\",\"source\":{\"type\":\"base64\"}}"), 1, 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"messages\":[{\"tool_calls\":[{\"function\":{\"arguments\":{\"images\":[\"AAAA\"],\"source\":{}}}}]}]}",
                "{\"messages\":[{\"content\":[{\"type\":\"tool_use\",\"input\":{\"source\":{\"data\":\"AAAA\"}}}]}]}",
                "{\"tools\":[{\"input_schema\":{\"properties\":{\"images\":{\"type\":\"array\"},\"source\":{}}}}]}",
                "{\"messages\":[{\"content\":\"{\\\"images\\\":[\\\"AAAA\\\"]}\"}]}",
                "{\"messages\":[{\"content\":[{\"type\":\"search_result\",\"source\":\"https://a\",\"url\":\"b\"}]}]}",
                "{\"metadata\":{\"images\":[\"AAAA\"],\"messages\":[{\"images\":[\"AAAA\"]}]}}",
                "{\"images\":[\"AAAA\"]}"
            })
    void whatACallerMakesUp_doesNotCount(String body) {
        assertImages(Endpoint.MESSAGES, body, 0, 0);
        assertImages(Endpoint.CHAT_COMPLETIONS, body, 0, 0);
    }

    @Test
    void duplicatesInsideAMessage_allCount() {
        assertImages(
                Endpoint.CHAT, "{\"messages\":[{\"images\":[\"A\"],\"images\":[\"AB\",null],\"images\":[]}]}", 3, 2);
        assertImages(
                Endpoint.MESSAGES,
                "{\"messages\":[{\"content\":[{\"source\":{\"data\":\"AAAA\",\"data\":\"A\"},\"source\":{}}]}]}",
                2,
                4);
    }

    @ParameterizedTest
    @CsvSource({
        "AAAA, 4",
        "AA\\/A, 4",
        "\\u0041AAA, 4",
        "data:;base64\\u002cAAAA, 17",
        "'data:;base64,AA\\/A', 4",
        "'data:image/jpeg;base64,', 0",
        "'data:,', 0",
        "'xata:,AAAA', 10",
        "'AAAA,AAAA', 9"
    })
    void length_isThatOfTheBase64(String text, int length) {
        assertImages(Endpoint.GENERATE, "{\"images\":[\"" + text + "\"]}", 1, length);
    }

    private static void assertImages(Endpoint endpoint, String body, int images, long longest) {
        JsonFields fields = Scans.scan(endpoint, body);

        assertThat(fields.images()).as(body).isEqualTo(images);
        assertThat(fields.longestImage()).as(body).isEqualTo(longest);
    }
}
