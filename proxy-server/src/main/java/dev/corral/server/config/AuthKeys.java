package dev.corral.server.config;

import static dev.corral.server.config.Types.BOOLEAN;

import dev.corral.auth.jwt.JwtIssuer;
import java.util.List;

/** The settings of how callers prove who they are. */
final class AuthKeys {
    final Setting<Boolean> pathTokens;
    final Setting<List<JwtIssuer>> jwt;

    AuthKeys() {
        pathTokens = Settings.setting(
                "auth.path-tokens",
                BOOLEAN,
                "Whether a key may stand in front of the path, as in https://HOST/t/KEY/api/chat, for programs that can be"
                        + " told nothing but a URL; what else sees URLs sees the key then.",
                c -> c.core().edge().pathTokens());
        jwt = Settings.setting(
                "auth.jwt",
                JwtSettings.ISSUERS,
                "Single sign-on: whose tokens are believed as Authorization: Bearer, and what they mean here;"
                        + " docs/sign-in.md has examples.",
                c -> c.auth().jwt());
    }
}
