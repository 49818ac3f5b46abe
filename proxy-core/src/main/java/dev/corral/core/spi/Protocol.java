package dev.corral.core.spi;

/** What a request came by. */
public enum Protocol {
    HTTP_1_0("HTTP/1.0"),
    /** Also where the request could not be read so far. */
    HTTP_1_1("HTTP/1.1"),
    HTTP_2("HTTP/2");

    private final String label;

    Protocol(String label) {
        this.label = label;
    }

    /** As in a request line; of HTTP/2, which has none, as RFC 9113 writes it. */
    public String label() {
        return label;
    }
}
