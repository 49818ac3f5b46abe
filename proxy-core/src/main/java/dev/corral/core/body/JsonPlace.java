package dev.corral.core.body;

import java.util.List;

/**
 * What a value of a request body is, by where it stands, as far as the scan looks into it. Wherever Ollama would find
 * an attachment or a tool's type one of these stands. They reach a little further than it does, but not into what a
 * caller makes up: arguments of calls, schemas of parameters. Names fold everywhere, as if all of it were Go structs.
 */
enum JsonPlace {
    /** Nothing in it matters. */
    PLAIN,
    /** The body itself; its members are in a {@link BodySchema}. */
    BODY,
    /** Load and sampling options (Ollama {@code api/types.go:Options}). */
    OPTIONS,
    /** Ollama {@code openai/openai.go:StreamOptions}. */
    STREAM_OPTIONS,
    /**
     * Messages, items of input, parts of content, at any depth, and lists of them (Ollama {@code api/types.go:Message},
     * {@code openai/openai.go:FromChatRequest}, {@code openai/responses.go}, {@code anthropic/anthropic.go}).
     */
    BLOCKS,
    /** A list of attachments. */
    IMAGES,
    /** An attachment by itself: base64, or its bytes as an array of numbers, which Go takes as well. */
    IMAGE,
    /** An attachment in an object: Anthropic's {@code source}, OpenAI's {@code input_audio}. */
    MEDIA,
    /** The same, or a string: OpenAI's {@code image_url}. */
    MEDIA_URL,
    /** The text of an attachment that stands in an object. */
    MEDIA_TEXT,
    /** A tool, or a list of them (Ollama {@code openai/responses.go:ResponsesTool}, {@code anthropic.go:Tool}). */
    TOOLS,
    /** What kind of tool it is. */
    TOOL_TYPE;

    private static final JsonNames BLOCK =
            JsonNames.folding(List.of("images", "content", "output", "image_url", "input_audio", "source"));
    private static final JsonNames MEDIUM = JsonNames.folding(List.of("data", "url"));
    private static final JsonNames TOOL = JsonNames.folding(List.of("type", "tools"));

    /** Whether its members matter, if it is an object. */
    boolean members() {
        return switch (this) {
            case BODY, OPTIONS, STREAM_OPTIONS, BLOCKS, MEDIA, MEDIA_URL, TOOLS -> true;
            default -> false;
        };
    }

    /** What its elements are, if it is an array; {@link #PLAIN} if they do not matter. */
    JsonPlace element() {
        return switch (this) {
            case BLOCKS, TOOLS -> this;
            case IMAGES -> IMAGE;
            default -> PLAIN;
        };
    }

    /** What a member of it is, by its name, if no schema says so. */
    JsonPlace member(JsonBytes json, int start, int end, byte[] scratch) {
        return switch (this) {
            case BLOCKS -> block(BLOCK.find(json, start, end, scratch));
            case MEDIA, MEDIA_URL -> MEDIUM.find(json, start, end, scratch) >= 0 ? MEDIA_TEXT : PLAIN;
            case TOOLS -> tool(TOOL.find(json, start, end, scratch));
            default -> PLAIN;
        };
    }

    /** What a field of the body is. */
    static JsonPlace of(BodyField field, boolean inputIsConversation) {
        return switch (field) {
            case MESSAGES -> BLOCKS;
            case INPUT -> inputIsConversation ? BLOCKS : PLAIN;
            case IMAGES -> IMAGES;
            case TOOLS -> TOOLS;
            case OPTIONS -> OPTIONS;
            case STREAM_OPTIONS -> STREAM_OPTIONS;
            default -> PLAIN;
        };
    }

    private static JsonPlace block(int name) {
        return switch (name) {
            case 0 -> IMAGES;
            case 1, 2 -> BLOCKS;
            case 3 -> MEDIA_URL;
            case 4, 5 -> MEDIA;
            default -> PLAIN;
        };
    }

    private static JsonPlace tool(int name) {
        return switch (name) {
            case 0 -> TOOL_TYPE;
            case 1 -> TOOLS;
            default -> PLAIN;
        };
    }
}
