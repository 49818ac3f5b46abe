package dev.corral.server.config;

import dev.corral.core.policy.BodyRules;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Roles by name, over the two that ship; a role named in the file replaces the shipped one whole. */
record RolesType() implements Type<Map<String, Role>> {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");

    @Override
    public String expectation() {
        return "names of roles, and under each "
                + section("user", BodyRules.SAFE).expectation();
    }

    @Override
    public @Nullable Map<String, Role> read(Node node, Location at, Reading reading) {
        if (node.isEmpty()) {
            return Role.SHIPPED;
        }
        if (!(node instanceof Node.Mapping mapping)) {
            reading.problems().add(at, node.kind() + " (expected: " + expectation() + ")");
            return null;
        }
        Map<String, Role> roles = new LinkedHashMap<>(Role.SHIPPED);
        mapping.entries().forEach((name, body) -> {
            Location here = at.child(name, body.line());
            if (!NAME.matcher(name).matches()) {
                reading.problems()
                        .expected(here, name, "a role's name of at most 32 characters, a-z, 0-9 and -, a letter first");
            }
            Role role = section(name, BodyRules.SAFE).read(body, here, reading);
            if (role != null) {
                roles.put(name, role);
            }
        });
        return roles;
    }

    @Override
    public Node write(Map<String, Role> roles) {
        Map<String, Node> entries = new LinkedHashMap<>();
        roles.forEach((name, role) ->
                entries.put(name, section(name, role.policy().rules()).write(role)));
        return new Node.Mapping(entries, 0);
    }

    /** How one role is read and written. */
    static Section<Role> section(String name, BodyRules rules) {
        return RoleSettings.role(Role.safe(name, Set.of()), rules);
    }
}
