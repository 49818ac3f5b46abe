package dev.corral.server.config;

import dev.corral.core.spi.EndpointGroup;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * A named policy that keys refer to.
 *
 * @param name lower case, see {@link RolesType}
 * @param groups what it opens; everything else is closed; may be empty
 */
public record Role(String name, Set<EndpointGroup> groups) {
    public Role {
        EnumSet<EndpointGroup> copy = EnumSet.noneOf(EndpointGroup.class);
        copy.addAll(groups);
        groups = Collections.unmodifiableSet(copy);
    }
}
