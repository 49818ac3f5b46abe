package dev.corral.server.log;

/** How many characters of each field a log keeps. Escaped at their widest, all of them together fit one line. */
final class Fields {
    static final int ID = 40;
    static final int NAME = 64;
    static final int ADDRESS = 64;
    static final int METHOD = 32;
    static final int PATH = 256;
    static final int MODEL = 256;
    static final int WORD = 32;
    static final int DETAIL = 256;

    private Fields() {}
}
