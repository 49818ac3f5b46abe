package dev.corral.server.config;

import dev.corral.core.spi.EndpointGroup;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Roles by name, over the two that ship; a role named in the file replaces the shipped one whole. */
record RolesType() implements Type<Map<String, Role>> {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");
    private static final String GROUPS = "groups";
    private static final List<String> GROUP_NAMES =
            Arrays.stream(EndpointGroup.values()).map(EndpointGroup::configName).toList();

    private static final ListType<EndpointGroup> GROUP_LIST = new ListType<>(
            "a list of " + String.join(", ", GROUP_NAMES),
            new ScalarType<>("one of " + String.join(", ", GROUP_NAMES), RolesType::group, EndpointGroup::configName));

    @Override
    public String expectation() {
        return "under each role's name `groups:`, " + GROUP_LIST.expectation();
    }

    @Override
    public @Nullable Map<String, Role> read(Node node, Location at, Reading reading) {
        if (node.isEmpty()) {
            return CorralConfig.SHIPPED_ROLES;
        }
        if (!(node instanceof Node.Mapping mapping)) {
            reading.problems().add(at, node.kind() + " (expected: " + expectation() + ")");
            return null;
        }
        Map<String, Role> roles = new LinkedHashMap<>(CorralConfig.SHIPPED_ROLES);
        mapping.entries().forEach((name, body) -> {
            Location here = at.child(name, body.line());
            if (!NAME.matcher(name).matches()) {
                reading.problems()
                        .expected(here, name, "a role's name of at most 32 characters, a-z, 0-9 and -, a letter first");
            }
            Role role = role(name, body, here, reading);
            if (role != null) {
                roles.put(name, role);
            }
        });
        return roles;
    }

    private static @Nullable Role role(String name, Node body, Location at, Reading reading) {
        if (!(body instanceof Node.Mapping mapping)) {
            reading.problems().add(at, body.kind() + " (expected: `groups:`, " + GROUP_LIST.expectation() + ")");
            return null;
        }
        mapping.entries().forEach((key, value) -> {
            if (!key.equals(GROUPS)) {
                reading.problems().add(at.child(key, value.line()), DidYouMean.unknownSetting(key, List.of(GROUPS)));
            }
        });
        Node groups = mapping.entries().get(GROUPS);
        if (groups == null) {
            reading.problems().add(at, "no groups (expected: `groups:`, " + GROUP_LIST.expectation() + ")");
            return null;
        }
        List<EndpointGroup> list = GROUP_LIST.read(groups, at.child(GROUPS, groups.line()), reading);
        return list == null ? null : new Role(name, Set.copyOf(list));
    }

    private static EndpointGroup group(String text, Reading reading) throws ScalarType.Unexpected {
        for (EndpointGroup group : EndpointGroup.values()) {
            if (group.configName().equals(text)) {
                return group;
            }
        }
        String similar = DidYouMean.nearest(text, GROUP_NAMES);
        throw new ScalarType.Unexpected("one of " + String.join(", ", GROUP_NAMES)
                + (similar == null ? "" : "; did you mean `" + similar + "`?"));
    }

    @Override
    public Node write(Map<String, Role> roles) {
        return new Node.Mapping(
                roles.values().stream()
                        .collect(Collectors.toMap(
                                Role::name,
                                role -> new Node.Mapping(
                                        Map.of(GROUPS, GROUP_LIST.write(List.copyOf(role.groups()))), 0),
                                (a, b) -> b,
                                LinkedHashMap::new)),
                0);
    }
}
