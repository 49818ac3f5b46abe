package dev.corral.core.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.corral.core.body.BodyEdits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Shorthand for tests about listings. */
final class Policies {
    private Policies() {}

    static List<ModelPattern> patterns(String... patterns) {
        return Arrays.stream(patterns)
                .map(pattern -> requireNonNull(ModelPattern.compile(pattern), pattern))
                .toList();
    }

    static RolePolicy role(ModelRules models, boolean showDetails) {
        ManagementRules none = new ManagementRules(List.of(), List.of(), List.of(), List.of());
        return new RolePolicy("user", models, BodyRules.SAFE, List.of(), none, showDetails);
    }

    static RolePolicy role(boolean cloud, String... allow) {
        return role(new ModelRules(patterns(allow), List.of(), cloud), false);
    }

    static ByteBuffer bytes(String json) {
        return ByteBuffer.wrap(json.getBytes(UTF_8));
    }

    static String apply(BodyEdits edits, String json) {
        ByteBuf body = Unpooled.copiedBuffer(json, UTF_8);
        ByteBuf changed = edits.apply(body);
        try {
            return changed.toString(UTF_8);
        } finally {
            changed.release();
            body.release();
        }
    }
}
