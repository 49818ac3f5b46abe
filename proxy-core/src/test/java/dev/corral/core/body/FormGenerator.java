package dev.corral.core.body;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Forms of one seed: most of them nearly right, put together from what clients send and from what Go reads differently,
 * then perhaps spoiled in some bytes. One character for each byte.
 */
final class FormGenerator {
    private static final String[] TYPES = {
        "multipart/form-data; boundary=%s",
        "multipart/form-data; boundary=\"%s\"",
        "Multipart/Form-Data;boundary=%s",
        "multipart/form-data; charset=utf-8; boundary=%s",
    };
    private static final String[] ODD_TYPES = {
        "multipart/form-data;\tboundary=%s",
        "multipart/form-data; boundary=%s;",
        "multipart/form-data ;boundary= %s",
        "multipart/form-data; boundary=%s; boundary=%s",
        "multipart/form-data; boundary=%s; boundary=x",
        "multipart/form-data; boundary*=utf-8''%s",
        "multipart/form-data; boundary*0=%s; boundary*1=0",
        "multipart/form-data; boundary=\"%s\"; boundary*=utf-8''x",
        "multipart/form-data; boundary=%s/",
        "multipart/form-data; boundary=\"\\%s\"",
        "multipart/form-data; x=\"\\\"; boundary=%s; y=\"",
        "multipart/mixed; boundary=%s",
    };
    private static final String[] BOUNDARIES = {"b", "-", "--", "b0", "b0-", "x".repeat(70), "----WebKitFormBoundary1"};
    private static final String[] NAMES = {
        "name=\"model\"", "name=model", "name=\"file\"", "name=\"prompt\"", "name=Model", "name=\"model \"",
    };
    private static final String[] ODD_NAMES = {
        "name=\"mo\\del\"",
        "name=\"\\(model\"",
        "name*=utf-8''model",
        "name*0=mo; name*1=del",
        "name = model",
        "name=\"model\"; name=\"model\"",
        "name=\"model\"; name=x",
        "name=\"x\"; name*=us-ascii''mod%65l",
        "name=\"\"",
        "NAME=\"model\"",
        "name=\"model\" ",
        "name=\"model\";",
        "name=model;;",
        "name=\"m\u00f6del\"",
    };
    private static final String[] FILES = {
        "; filename=\"a.wav\"",
        "; filename=a.wav",
        "; filename=\"\"",
        "; filename=\"a\\\"b\"",
        "; filename=\"a\\\\\"",
        "; filename=a; filename*=utf-8''b%20c",
        "; filename*=utf-8''x",
        "; filename=\"a\\\"; name=\"model\"",
        "; filename=\"x; name=model\"",
    };
    private static final String[] FIELDS = {
        "Content-Type: audio/wav", "content-length: 7", "Content-Transfer-Encoding: binary",
    };
    private static final String[] ODD_FIELDS = {
        "Content-Transfer-Encoding: quoted-printable",
        "Content-Transfer-Encoding: base64",
        "X: y",
        " folded",
        "Content-Disposition: form-data; name=\"model\"",
        "Content-Disposition : form-data; name=x",
        "nocolon",
        "Content-Type: multipart/mixed; boundary=z",
        "Content-Type: a\r\n b",
    };
    private static final String[] CONTENTS = {
        "whisper", "", "tiny", "x\r\n", "\r\n--", "\n", "\r", "\r\n\r\n", "--", "-", "a\u0000\u00ff", "=41=", " chat ",
    };

    private final Random random;

    FormGenerator(long seed) {
        random = new Random(seed);
    }

    /** Type and body. */
    record Form(String type, String body) {}

    Form next() {
        String boundary = pick(BOUNDARIES);
        String type = (odd() ? pick(ODD_TYPES) : pick(TYPES)).replace("%s", boundary);
        String eol = random.nextInt(40) == 0 ? "\n" : "\r\n";
        StringBuilder body = new StringBuilder();
        if (odd()) {
            body.append(pick(new String[] {"preamble\r\n", "\r\n", "--\r\n", "\n", "--" + boundary + "--x\r\n"}));
        }
        int parts = random.nextInt(5);
        for (int i = 0; i < parts; i++) {
            body.append("--").append(boundary).append(end(eol));
            head(body, eol);
            body.append(content(boundary)).append(eol);
        }
        body.append("--").append(boundary).append(odd() ? "-" : "--").append(random.nextInt(4) == 0 ? "" : end(eol));
        if (odd()) {
            body.append("epilogue\r\n--").append(boundary).append("--");
        }
        spoil(body, boundary);
        return new Form(type, body.toString());
    }

    private String end(String eol) {
        return odd() ? pick(new String[] {" ", "\t", "x", "\r", "\n", "-"}) + eol : eol;
    }

    private void head(StringBuilder to, String eol) {
        List<String> fields = new ArrayList<>();
        String name = odd() ? pick(ODD_NAMES) : pick(NAMES);
        String file = name.contains("file") || odd() ? pick(FILES) : "";
        fields.add((odd() ? "content-disposition:" : "Content-Disposition: ") + "form-data; " + name + file);
        if (random.nextInt(4) == 0) {
            fields.add(random.nextInt(2) * fields.size(), pick(FIELDS));
        }
        if (odd()) {
            fields.add(random.nextInt(fields.size() + 1), pick(ODD_FIELDS));
        }
        if (random.nextInt(60) == 0) {
            fields.clear();
        }
        for (String field : fields) {
            to.append(field).append(eol);
        }
        to.append(eol);
    }

    private String content(String boundary) {
        StringBuilder content = new StringBuilder();
        for (int i = random.nextInt(3); i >= 0; i--) {
            content.append(pick(CONTENTS));
            if (odd()) {
                content.append(pick(new String[] {"\r\n--", "--", "\n--", "\r\n-"}))
                        .append(boundary);
                content.append(pick(new String[] {"", "x", " ", "-", "--", "\r\n", "\n", "\t\r\n"}));
            }
        }
        return content.toString();
    }

    private void spoil(StringBuilder body, String boundary) {
        while (body.length() > 0 && random.nextInt(8) == 0) {
            int at = random.nextInt(body.length());
            switch (random.nextInt(5)) {
                case 0 -> body.deleteCharAt(at);
                case 1 -> body.setCharAt(at, "\r\n-\\\";=: \t*b%".charAt(random.nextInt(13)));
                case 2 -> body.insert(at, "\r\n-\\\";=: \t*b%".charAt(random.nextInt(13)));
                case 3 -> body.setLength(at);
                default -> body.insert(at, "\r\n--" + boundary);
            }
        }
    }

    private boolean odd() {
        return random.nextInt(25) == 0;
    }

    private String pick(String[] from) {
        return from[random.nextInt(from.length)];
    }
}
