package dev.corral.core.body.oracle;

import dev.corral.core.body.oracle.JsonShape.Member;
import dev.corral.core.body.oracle.JsonShape.Obj;
import dev.corral.core.spi.Endpoint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/** Requests as clients send them: every key spelled plainly and given once, every value one that Ollama takes. */
final class HonestBodies {
    private static final String MODEL =
            "model ! `llama3` `llama3:8b` `org/tuned:Q4_K_M` `hf.co/org/repo:Q4_0` `Llama3:latest`";
    private static final String IMAGE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB";
    private static final String KEEP = "keep_alive `5m` 300 `1h30m` -1 `24h` 90.5";
    private static final String TOOL =
            "{`type`:`function`,`function`:{`name`:`f`,`description`:`d`,`parameters`:{`type`:`object`,`required`:[`a`],"
                    + "`properties`:{`a`:{`type`:[`string`,`null`],`enum`:[`x`,1]},`b`:{`anyOf`:[{`type`:`number`}]}}}}}";
    private static final String[] OPTIONS = {
        "num_predict 128 100000 -1 0",
        "num_ctx 256 2048 8192 131072",
        "num_batch 512",
        "num_gpu 0 99 -1",
        "main_gpu 0",
        "use_mmap true false",
        "num_thread 0 4 64",
        "draft_num_predict 4",
        "temperature 0 0.7 1e-3",
        "top_p 0.9",
        "seed 42 -7",
        "top_k 40",
        "stop [`END`,`\\n`]",
        "repeat_penalty 1.1",
        "num_keep 5",
        "mirostat 2"
    };

    private final RandomGenerator random;

    HonestBodies(RandomGenerator random) {
        this.random = random;
    }

    /** A request for the route. */
    Obj next(Endpoint route) {
        return switch (route) {
            case GENERATE ->
                object(
                        MODEL,
                        "prompt `Why?` `` `\\u00e4\\ud83d\\ude00 \\u0022\\n`",
                        "suffix `x` ``",
                        "system `Be brief.` ``",
                        "context [1,2,3] []",
                        "stream true false",
                        "raw false",
                        "template ``",
                        "format `json` {`type`:`object`,`properties`:{`a`:{`type`:`string`}}}",
                        KEEP,
                        "images [`" + IMAGE + "`] [] [`" + IMAGE + "`,`QUJD`]",
                        "options " + options(),
                        "think true `high` false",
                        "truncate true",
                        "shift true false",
                        "logprobs true",
                        "top_logprobs 0 5 20");
            case CHAT ->
                object(
                        MODEL,
                        "messages ! [] [" + message() + "] [{`role`:`system`,`content`:`s`}," + message() + ","
                                + message() + "]",
                        "stream true false",
                        "format `json`",
                        KEEP,
                        "tools [" + TOOL + "] []",
                        "options " + options(),
                        "think true `low`",
                        "truncate false",
                        "shift true",
                        "logprobs false",
                        "top_logprobs 3");
            case EMBED ->
                object(
                        MODEL,
                        "input ! `text` [`a`,`b`,`c`] []",
                        "truncate true",
                        "dimensions 256",
                        KEEP,
                        "options " + options());
            case EMBEDDINGS -> object(MODEL, "prompt ! `text` ``", KEEP, "options " + options());
            case CHAT_COMPLETIONS ->
                object(
                        MODEL,
                        "messages ! [{`role`:`user`,`content`:`Hi`}] [{`role`:`user`,`content`:[{`type`:`text`,`text`:`t`},"
                                + "{`type`:`image_url`,`image_url`:{`url`:`data:image/png;base64," + IMAGE + "`}}]},"
                                + "{`role`:`assistant`,`content`:null,`tool_calls`:[{`id`:`1`,`index`:0,`type`:`function`,"
                                + "`function`:{`name`:`f`,`arguments`:`x`}}]}]",
                        "stream true false",
                        "stream_options {`include_usage`:true} {}",
                        "max_tokens 100 999999",
                        "max_completion_tokens 50 999999",
                        "seed 7",
                        "stop `x` [`x`,`y`]",
                        "temperature 0.5",
                        "top_p 1",
                        "n 1",
                        "user `u`",
                        "response_format {`type`:`json_schema`,`json_schema`:{`schema`:{`a`:1}}}",
                        "tools [" + TOOL + "]",
                        "reasoning {`effort`:`low`}",
                        "reasoning_effort `high`",
                        "logprobs true",
                        "top_logprobs 2",
                        "frequency_penalty 0.1");
            case COMPLETIONS ->
                object(
                        MODEL,
                        "prompt ! `Once`",
                        "max_tokens 16 999999",
                        "stream true",
                        "stop [`a`]",
                        "suffix `s`",
                        "stream_options {`include_usage`:false}",
                        "temperature 0.25",
                        "top_p 0.5",
                        "logprobs 2",
                        "seed 1",
                        "echo false");
            case V1_EMBEDDINGS ->
                object(MODEL, "input ! `text` [`a`,`b`]", "dimensions 8", "encoding_format `base64` `float`");
            case RESPONSES ->
                object(
                        MODEL,
                        "input ! `Hi` [{`role`:`user`,`content`:[{`type`:`input_text`,`text`:`t`},{`type`:`input_image`,"
                                + "`detail`:`auto`,`image_url`:`data:image/png;base64," + IMAGE
                                + "`}]},{`type`:`function_call`,"
                                + "`call_id`:`c`,`name`:`f`,`arguments`:`x`},{`type`:`function_call_output`,`call_id`:`c`,"
                                + "`output`:`o`},{`type`:`reasoning`,`summary`:[{`type`:`summary_text`,`text`:`s`}]},"
                                + "{`type`:`message`,`role`:`assistant`,`content`:[{`type`:`output_text`,`text`:`t`}]}]",
                        "instructions `i` ``",
                        "max_output_tokens 64 999999",
                        "reasoning {`effort`:`medium`}",
                        "stream true",
                        "temperature 1",
                        "text {`format`:{`type`:`text`}}",
                        "truncation `disabled` null",
                        "store false",
                        "tools [{`type`:`function`,`name`:`f`,`description`:null,`strict`:true,`parameters`:{`a`:1}}] "
                                + "[{`type`:`namespace`,`name`:`n`,`tools`:[{`type`:`function`,`name`:`g`}]}]");
            case MESSAGES ->
                object(
                        MODEL,
                        "max_tokens ! 1024 999999",
                        "messages ! [{`role`:`user`,`content`:`Hi`}] [{`role`:`user`,`content`:[{`type`:`text`,`text`:`t`},"
                                + "{`type`:`image`,`source`:{`type`:`base64`,`media_type`:`image/png`,`data`:`" + IMAGE
                                + "`}}]},{`role`:`assistant`,`content`:[{`type`:`tool_use`,`id`:`1`,`name`:`f`,`input`:{`a`:1}}]},"
                                + "{`role`:`user`,`content`:[{`type`:`tool_result`,`tool_use_id`:`1`,`content`:[{`type`:`image`,"
                                + "`source`:{`type`:`base64`,`data`:`" + IMAGE + "`}}]}]}]",
                        "system `s` [{`type`:`text`,`text`:`s`}]",
                        "stream true",
                        "temperature 0.1",
                        "top_k 4",
                        "stop_sequences [`x`]",
                        "tools [{`name`:`f`,`description`:`d`,`input_schema`:{`type`:`object`}}]",
                        "tool_choice {`type`:`auto`}",
                        "thinking {`type`:`enabled`,`budget_tokens`:99}",
                        "metadata {`user_id`:`u`}",
                        "output_config {`effort`:`low`}");
            case SHOW -> object(name(), "verbose true false", "system ``", "template ``", "options {}");
            case PULL_MODEL, PUSH_MODEL ->
                object(name(), "insecure false", "stream true", "username ``", "password ``");
            case DELETE_MODEL -> object(name());
            case CREATE_MODEL ->
                object(
                        name(),
                        "from `llama3` ``",
                        "remote_host ``",
                        "files {`a.gguf`:`sha256:00`}",
                        "system `s`",
                        "template `t`",
                        "parameters {`num_ctx`:4096,`stop`:[`x`]}",
                        "messages [" + message() + "]",
                        "quantize `q4_K_M`",
                        "license `MIT` [`a`,`b`]",
                        "stream false",
                        "info {`a`:[1]}");
            case COPY_MODEL -> object("source ! `llama3`", "destination ! `org/copy:1`");
            default -> throw new IllegalArgumentException("no body is decoded on " + route);
        };
    }

    private String name() {
        return random.nextBoolean() ? MODEL : MODEL.replace("model", "name");
    }

    private String message() {
        return "{`role`:`user`,`content`:`Hi`,`images`:[`" + IMAGE + "`],`tool_calls`:[{`function`:{`name`:`f`,"
                + "`arguments`:{`a`:1,`b`:[null]}}}],`thinking`:`t`}";
    }

    private String options() {
        return object(OPTIONS).write(random, false).replace('"', '`');
    }

    /**
     * An object.
     *
     * @param lines each a key, {@code !} where it must be there, and the values it may have, with ` for quotes
     */
    private Obj object(String... lines) {
        List<Member> members = new ArrayList<>();
        for (String line : lines) {
            String[] words = values(line);
            boolean required = words[1].equals("!");
            if (required || random.nextInt(3) == 0) {
                String value = words[random.nextInt(required ? 2 : 1, words.length)];
                members.add(new Member(words[0], JsonShape.parse(value.replace('`', '"'))));
            }
        }
        if (random.nextInt(4) == 0) {
            Collections.shuffle(members, new Random(random.nextLong()));
        }
        return new Obj(members);
    }

    /** Splits at blanks outside of quotes. */
    private static String[] values(String line) {
        List<String> words = new ArrayList<>();
        boolean quoted = false;
        int begin = 0;
        for (int i = 0; i <= line.length(); i++) {
            if (i == line.length() || line.charAt(i) == ' ' && !quoted) {
                words.add(line.substring(begin, i));
                begin = i + 1;
            } else if (line.charAt(i) == '`') {
                quoted = !quoted;
            }
        }
        return words.toArray(String[]::new);
    }
}
