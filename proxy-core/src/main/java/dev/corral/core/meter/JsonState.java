package dev.corral.core.meter;

/** Where in an object a {@link JsonReader} stands. */
enum JsonState {
    VALUE,
    FIRST_MEMBER,
    FIRST_ELEMENT,
    NAME,
    IN_NAME,
    COLON,
    STRING,
    NUMBER,
    WORD,
    /** In an object or array in which nothing is read. */
    NESTED,
    NESTED_STRING,
    /** Behind a value: a comma or the end of what it stands in. */
    BEHIND,
    WHOLE,
    DEAF
}
