package dev.corral.core.body.oracle;

import static dev.corral.core.body.oracle.GoType.Plain.ANY;
import static dev.corral.core.body.oracle.GoType.Plain.BOOL;
import static dev.corral.core.body.oracle.GoType.Plain.BYTE;
import static dev.corral.core.body.oracle.GoType.Plain.FLOAT32;
import static dev.corral.core.body.oracle.GoType.Plain.FLOAT64;
import static dev.corral.core.body.oracle.GoType.Plain.INT;
import static dev.corral.core.body.oracle.GoType.Plain.RAW;
import static dev.corral.core.body.oracle.GoType.Plain.STRING;

import dev.corral.core.body.oracle.GoType.Custom;
import dev.corral.core.body.oracle.GoType.Dictionary;
import dev.corral.core.body.oracle.GoType.Pointer;
import dev.corral.core.body.oracle.GoType.Slice;
import dev.corral.core.body.oracle.GoType.Struct;
import dev.corral.core.spi.Endpoint;
import java.util.EnumMap;
import java.util.Map;

/** What Ollama decodes a body into, by route ({@code api/types.go}, {@code openai}, {@code anthropic}). */
final class OllamaTypes {
    private static final GoType TEXTS = new Slice(STRING);
    private static final GoType OPTIONS = new Dictionary(ANY);
    private static final GoType FLAG = new Pointer(BOOL);
    private static final GoType COUNT = new Pointer(INT);
    private static final GoType REAL = new Pointer(FLOAT64);
    private static final GoType KEEP_ALIVE = new Pointer(new Custom(new GoDuration()));
    private static final GoType THINK = new Pointer(OllamaCustom.think());
    private static final GoType IMAGES = new Slice(new Slice(BYTE));
    private static final GoType ARGUMENTS = OllamaCustom.ordered(ANY);
    private static final GoType TOOL = tool();
    private static final Map<Endpoint, Struct> BY_ROUTE = new EnumMap<>(Endpoint.class);

    static {
        BY_ROUTE.put(Endpoint.GENERATE, generate());
        BY_ROUTE.put(Endpoint.CHAT, chat());
        BY_ROUTE.put(
                Endpoint.EMBED,
                struct("EmbedRequest", "model", STRING, "input", ANY, "keep_alive", KEEP_ALIVE, "truncate", FLAG)
                        .with("dimensions", INT)
                        .with("options", OPTIONS));
        BY_ROUTE.put(
                Endpoint.EMBEDDINGS,
                struct("EmbeddingRequest", "model", STRING, "prompt", STRING, "keep_alive", KEEP_ALIVE)
                        .with("options", OPTIONS));
        BY_ROUTE.put(Endpoint.CHAT_COMPLETIONS, chatCompletion());
        BY_ROUTE.put(Endpoint.COMPLETIONS, completion());
        BY_ROUTE.put(
                Endpoint.V1_EMBEDDINGS,
                struct("V1EmbedRequest", "input", ANY, "model", STRING, "dimensions", INT, "encoding_format", STRING));
        BY_ROUTE.put(Endpoint.RESPONSES, responses());
        BY_ROUTE.put(Endpoint.MESSAGES, messages());
        BY_ROUTE.put(
                Endpoint.SHOW,
                struct("ShowRequest", "model", STRING, "system", STRING, "template", STRING, "verbose", BOOL)
                        .with("options", OPTIONS)
                        .with("name", STRING));
        BY_ROUTE.put(Endpoint.PULL_MODEL, transfer("PullRequest"));
        BY_ROUTE.put(Endpoint.PUSH_MODEL, transfer("PushRequest"));
        BY_ROUTE.put(Endpoint.DELETE_MODEL, struct("DeleteRequest", "model", STRING, "name", STRING));
        BY_ROUTE.put(Endpoint.CREATE_MODEL, create());
        BY_ROUTE.put(Endpoint.COPY_MODEL, struct("CopyRequest", "source", STRING, "destination", STRING));
    }

    private OllamaTypes() {}

    /** The routes whose bodies Ollama decodes. */
    static Iterable<Endpoint> routes() {
        return BY_ROUTE.keySet();
    }

    static Struct of(Endpoint route) {
        Struct type = BY_ROUTE.get(route);
        if (type == null) {
            throw new IllegalArgumentException("no body is decoded on " + route);
        }
        return type;
    }

    private static Struct struct(String name, Object... fields) {
        Struct struct = new Struct(name);
        for (int i = 0; i < fields.length; i += 2) {
            struct.with((String) fields[i], (GoType) fields[i + 1]);
        }
        return struct;
    }

    private static Struct generate() {
        return struct("GenerateRequest", "model", STRING, "prompt", STRING, "suffix", STRING, "system", STRING)
                .with("template", STRING)
                .with("context", new Slice(INT))
                .with("stream", FLAG)
                .with("raw", BOOL)
                .with("format", RAW)
                .with("keep_alive", KEEP_ALIVE)
                .with("images", IMAGES)
                .with("options", OPTIONS)
                .with("think", THINK)
                .with("truncate", FLAG)
                .with("shift", FLAG)
                .with("_debug_render_only", BOOL)
                .with("logprobs", BOOL)
                .with("top_logprobs", INT);
    }

    private static Struct chat() {
        return struct("ChatRequest", "model", STRING, "messages", new Slice(message()), "stream", FLAG, "format", RAW)
                .with("keep_alive", KEEP_ALIVE)
                .with("tools", new Slice(TOOL))
                .with("options", OPTIONS)
                .with("think", THINK)
                .with("truncate", FLAG)
                .with("shift", FLAG)
                .with("_debug_render_only", BOOL)
                .with("logprobs", BOOL)
                .with("top_logprobs", INT);
    }

    private static GoType message() {
        Struct function = struct("ToolCallFunction", "index", INT, "name", STRING, "arguments", ARGUMENTS);
        Struct call = struct("ToolCall", "id", STRING, "function", function);
        return OllamaCustom.message(
                struct("Message", "role", STRING, "content", STRING, "thinking", STRING, "images", IMAGES)
                        .with("tool_calls", new Slice(call))
                        .with("tool_name", STRING)
                        .with("tool_call_id", STRING));
    }

    private static Struct tool() {
        Struct property = new Struct("ToolProperty");
        GoType properties = new Pointer(OllamaCustom.ordered(property));
        property.with("anyOf", new Slice(property))
                .with("type", OllamaCustom.propertyType())
                .with("items", ANY)
                .with("description", STRING)
                .with("enum", new Slice(ANY))
                .with("properties", properties)
                .with("required", TEXTS);
        Struct parameters = struct("ToolFunctionParameters", "type", STRING, "$defs", ANY, "items", ANY)
                .with("required", TEXTS)
                .with("properties", properties);
        Struct function = struct("ToolFunction", "name", STRING, "description", STRING, "parameters", parameters);
        return struct("Tool", "type", STRING, "items", ANY, "function", function);
    }

    private static GoType streamOptions() {
        return new Pointer(struct("StreamOptions", "include_usage", BOOL));
    }

    private static Struct chatCompletion() {
        Struct function = struct("", "name", STRING, "arguments", STRING);
        Struct call = struct("V1ToolCall", "id", STRING, "index", INT, "type", STRING, "function", function);
        Struct message = struct("V1Message", "role", STRING, "content", ANY, "reasoning", STRING)
                .with("tool_calls", new Slice(call))
                .with("name", STRING)
                .with("tool_call_id", STRING);
        Struct schema = struct("JsonSchema", "schema", RAW);
        Struct format = struct("ResponseFormat", "type", STRING, "json_schema", new Pointer(schema));
        return struct("ChatCompletionRequest", "model", STRING, "messages", new Slice(message), "stream", BOOL)
                .with("stream_options", streamOptions())
                .with("max_tokens", COUNT)
                .with("seed", COUNT)
                .with("stop", ANY)
                .with("temperature", REAL)
                .with("frequency_penalty", REAL)
                .with("presence_penalty", REAL)
                .with("top_p", REAL)
                .with("response_format", new Pointer(format))
                .with("tools", new Slice(TOOL))
                .with("reasoning", new Pointer(struct("Reasoning", "effort", STRING)))
                .with("reasoning_effort", new Pointer(STRING))
                .with("logprobs", FLAG)
                .with("top_logprobs", INT)
                .with("_debug_render_only", BOOL);
    }

    private static Struct completion() {
        return struct("CompletionRequest", "model", STRING, "prompt", STRING, "frequency_penalty", FLOAT32)
                .with("max_tokens", COUNT)
                .with("presence_penalty", FLOAT32)
                .with("seed", COUNT)
                .with("stop", ANY)
                .with("stream", BOOL)
                .with("stream_options", streamOptions())
                .with("temperature", new Pointer(FLOAT32))
                .with("top_p", FLOAT32)
                .with("suffix", STRING)
                .with("logprobs", COUNT)
                .with("_debug_render_only", BOOL);
    }

    private static Struct responses() {
        Struct text = struct("ResponsesTextContent", "type", STRING, "text", STRING);
        Struct image = struct("ResponsesImageContent", "type", STRING, "detail", STRING, "file_id", STRING)
                .with("image_url", STRING);
        Struct output = struct("ResponsesOutputTextContent", "type", STRING, "text", STRING);
        Struct file = struct("ResponsesFileContent", "type", STRING, "file_data", STRING, "file_id", STRING)
                .with("file_url", STRING)
                .with("filename", STRING);
        Struct call = struct("ResponsesFunctionCall", "id", STRING, "type", STRING, "call_id", STRING, "name", STRING)
                .with("arguments", STRING);
        Struct summary = struct("ResponsesReasoningSummary", "type", STRING, "text", STRING);
        Struct action = struct("ResponsesWebSearchAction", "type", STRING, "query", STRING);
        // Content of two of the items is read by hand; what stands here for it is what an absent one leaves.
        GoType contents = new Slice(ANY);
        Map<String, Struct> items = Map.of(
                "message",
                struct("ResponsesInputMessage", "type", STRING, "role", STRING, "content", contents),
                "function_call",
                call,
                "function_call_output",
                struct("ResponsesFunctionCallOutput", "type", STRING, "call_id", STRING, "output", contents),
                "reasoning",
                struct("ResponsesReasoningInput", "id", STRING, "type", STRING, "summary", new Slice(summary))
                        .with("encrypted_content", STRING),
                "web_search_call",
                struct("ResponsesWebSearchCall", "id", STRING, "type", STRING, "status", STRING)
                        .with("action", new Pointer(action)));
        Map<String, Struct> kinds =
                Map.of("input_text", text, "input_image", image, "output_text", output, "input_file", file);
        Struct format = struct("ResponsesTextFormat", "type", STRING, "name", STRING, "schema", RAW, "strict", FLAG);
        Struct tool = new Struct("ResponsesTool");
        tool.with("type", STRING)
                .with("name", STRING)
                .with("description", new Pointer(STRING))
                .with("strict", FLAG)
                .with("parameters", OPTIONS)
                .with("tools", new Slice(tool));
        return struct("ResponsesRequest", "model", STRING, "background", BOOL, "conversation", RAW, "include", TEXTS)
                .with("input", OllamaCustom.responsesInput(items, kinds))
                .with("instructions", STRING)
                .with("max_output_tokens", COUNT)
                .with(
                        "reasoning",
                        struct("ResponsesReasoning", "effort", STRING, "generate_summary", STRING, "summary", STRING))
                .with("temperature", REAL)
                .with("text", new Pointer(struct("ResponsesText", "format", new Pointer(format))))
                .with("top_p", REAL)
                .with("truncation", new Pointer(STRING))
                .with("tools", new Slice(tool))
                .with("stream", FLAG);
    }

    private static Struct messages() {
        Struct citation = struct("Citation", "type", STRING, "url", STRING, "title", STRING)
                .with("encrypted_index", STRING)
                .with("cited_text", STRING);
        Struct source = struct("ImageSource", "type", STRING, "media_type", STRING, "data", STRING, "url", STRING);
        Struct block = struct("ContentBlock", "type", STRING, "text", new Pointer(STRING))
                .with("citations", new Slice(citation))
                .with("source", new Pointer(source))
                .with("id", STRING)
                .with("name", STRING)
                .with("input", ARGUMENTS)
                .with("tool_use_id", STRING)
                .with("content", ANY)
                .with("is_error", BOOL)
                .with("thinking", new Pointer(STRING))
                .with("signature", STRING);
        Struct tool = struct("AnthropicTool", "type", STRING, "name", STRING, "description", STRING)
                .with("input_schema", RAW)
                .with("max_uses", INT);
        Struct choice = struct("ToolChoice", "type", STRING, "name", STRING, "disable_parallel_tool_use", BOOL);
        return struct("MessagesRequest", "model", STRING, "max_tokens", INT)
                .with("messages", new Slice(OllamaCustom.messageParam(block)))
                .with("system", ANY)
                .with("stream", BOOL)
                .with("temperature", REAL)
                .with("top_p", REAL)
                .with("top_k", COUNT)
                .with("stop_sequences", TEXTS)
                .with("tools", new Slice(tool))
                .with("tool_choice", new Pointer(choice))
                .with("thinking", new Pointer(struct("ThinkingConfig", "type", STRING, "budget_tokens", INT)))
                .with("metadata", new Pointer(struct("Metadata", "user_id", STRING)))
                .with("output_config", new Pointer(struct("OutputConfig", "effort", STRING)));
    }

    private static Struct transfer(String name) {
        return struct(name, "model", STRING, "insecure", BOOL, "username", STRING, "password", STRING)
                .with("stream", FLAG)
                .with("name", STRING);
    }

    private static Struct create() {
        GoType files = new Dictionary(STRING);
        return struct("CreateRequest", "model", STRING, "stream", FLAG, "quantize", STRING, "draft_quantize", STRING)
                .with("from", STRING)
                .with("remote_host", STRING)
                .with("files", files)
                .with("draft_files", files)
                .with("adapters", files)
                .with("template", STRING)
                .with("license", ANY)
                .with("system", STRING)
                .with("parameters", OPTIONS)
                .with("messages", new Slice(message()))
                .with("renderer", STRING)
                .with("parser", STRING)
                .with("requires", STRING)
                .with("info", OPTIONS)
                .with("name", STRING)
                .with("quantization", STRING);
    }
}
