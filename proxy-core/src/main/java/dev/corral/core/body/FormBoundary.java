package dev.corral.core.body;

import java.util.List;

/** The boundary of a form, from the request's Content-Type (RFC 2046 section 5.1.1, RFC 7578 section 4.1). */
public final class FormBoundary {
    private static final int MAX_LENGTH = 70;

    private FormBoundary() {}

    /**
     * Finds the boundary.
     *
     * @param contentTypes the values of all Content-Type fields
     * @throws BadBody if it is not exactly one form with exactly one boundary
     */
    public static String of(List<String> contentTypes) throws BadBody {
        if (contentTypes.size() != 1) {
            throw contentTypes.isEmpty() ? noForm() : FormErrors.ambiguous("Content-Type is given twice");
        }
        HeaderParameters type = new HeaderParameters(contentTypes.get(0), "Content-Type");
        if (!type.type().equals("multipart/form-data")) {
            throw noForm();
        }
        String boundary = null;
        String charset = null;
        while (type.next()) {
            switch (type.name()) {
                case "boundary" -> boundary = type.once(boundary);
                // Go ignores it, and some clients cannot be kept from sending it.
                case "charset" -> charset = type.once(charset);
                default -> throw type.malformed();
            }
        }
        if (boundary == null || !valid(boundary)) {
            throw FormErrors.invalid(
                    "Content-Type has no usable boundary (expected: 1 to 70 letters, digits or" + " '()+_,-./:=?)");
        }
        return boundary;
    }

    // Without the blank that RFC 2046 allows inside: nobody uses it, and it looks like padding.
    private static boolean valid(String boundary) {
        if (boundary.isEmpty() || boundary.length() > MAX_LENGTH) {
            return false;
        }
        for (int i = 0; i < boundary.length(); i++) {
            char c = boundary.charAt(i);
            boolean ok = c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || "'()+_,-./:=?".indexOf(c) >= 0;
            if (!ok) {
                return false;
            }
        }
        return true;
    }

    private static BadBody noForm() {
        return FormErrors.invalid("this endpoint takes a form (expected: Content-Type: multipart/form-data)");
    }
}
