package dev.corral.server.config;

/**
 * Where a value came from.
 *
 * @param path of the setting, or the command line option
 * @param line in the file, from 1; 0 if it is not from the file
 */
record Location(String path, int line) {
    /** A place below this one. */
    Location child(String key, int childLine) {
        String name = Texts.escape(key, 60);
        return new Location(path.isEmpty() ? name : path + "." + name, childLine);
    }

    /** An item of the list at this place. */
    Location item(int index, int itemLine) {
        return new Location(path + "[" + index + "]", itemLine);
    }
}
