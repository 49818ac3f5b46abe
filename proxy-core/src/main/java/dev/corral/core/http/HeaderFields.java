package dev.corral.core.http;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a head in their order, in two arrays: a head has a dozen of them, and to look through these costs less
 * than to hash each. Names and values are checked as Netty's own {@link DefaultHttpHeadersFactory} does. Not
 * thread-safe.
 */
public final class HeaderFields extends HttpHeaders {
    /** Makes the headers of decoded messages, and of those that are to be sent. */
    public static final HttpHeadersFactory FACTORY = new HttpHeadersFactory() {
        @Override
        public HttpHeaders newHeaders() {
            return new HeaderFields();
        }

        @Override
        public HttpHeaders newEmptyHeaders() {
            return new HeaderFields(2);
        }
    };

    private static final DefaultHttpHeadersFactory CHECKS = DefaultHttpHeadersFactory.headersFactory();

    private @Nullable CharSequence[] names;
    private @Nullable CharSequence[] values;
    private int size;

    /** None yet. */
    HeaderFields() {
        this(16);
    }

    private HeaderFields(int room) {
        names = new CharSequence[room];
        values = new CharSequence[room];
    }

    private CharSequence name(int index) {
        return present(names[index]);
    }

    private CharSequence value(int index) {
        return present(values[index]);
    }

    /** Appends a field whose name and value were checked when they were decoded. */
    void addChecked(CharSequence name, CharSequence value) {
        if (size == names.length) {
            names = Arrays.copyOf(names, 2 * size);
            values = Arrays.copyOf(values, 2 * size);
        }
        names[size] = name;
        values[size++] = value;
    }

    private static CharSequence present(@Nullable CharSequence text) {
        if (text == null) {
            throw new IndexOutOfBoundsException("no field there");
        }
        return text;
    }

    private static boolean same(CharSequence one, CharSequence other) {
        return one == other || one.length() == other.length() && AsciiString.contentEqualsIgnoreCase(one, other);
    }

    /** The index of the first field of this name from one on; -1 if there is none. */
    private int find(CharSequence name, int from) {
        for (int i = from; i < size; i++) {
            if (same(name(i), name)) {
                return i;
            }
        }
        return -1;
    }

    private static CharSequence checked(Object value) {
        CharSequence text = value instanceof CharSequence known ? known : value.toString();
        CHECKS.getValueValidator().validate(text);
        return text;
    }

    @Override
    public HttpHeaders add(CharSequence name, Object value) {
        CHECKS.getNameValidator().validateName(name);
        addChecked(name, checked(value));
        return this;
    }

    @Override
    public HttpHeaders add(String name, Object value) {
        return add((CharSequence) name, value);
    }

    @Override
    public HttpHeaders add(String name, Iterable<?> all) {
        all.forEach(value -> add((CharSequence) name, value));
        return this;
    }

    @Override
    public HttpHeaders addInt(CharSequence name, int value) {
        return add(name, Integer.toString(value));
    }

    @Override
    public HttpHeaders addShort(CharSequence name, short value) {
        return addInt(name, value);
    }

    @Override
    public HttpHeaders set(CharSequence name, Object value) {
        CHECKS.getNameValidator().validateName(name);
        CharSequence text = checked(value);
        remove(name);
        addChecked(name, text);
        return this;
    }

    @Override
    public HttpHeaders set(String name, Object value) {
        return set((CharSequence) name, value);
    }

    @Override
    public HttpHeaders set(String name, Iterable<?> all) {
        remove((CharSequence) name);
        return add(name, all);
    }

    @Override
    public HttpHeaders setInt(CharSequence name, int value) {
        return set(name, Integer.toString(value));
    }

    @Override
    public HttpHeaders setShort(CharSequence name, short value) {
        return setInt(name, value);
    }

    @Override
    public HttpHeaders remove(CharSequence name) {
        int at = find(name, 0);
        if (at < 0) {
            return this;
        }
        int kept = at;
        for (int i = at + 1; i < size; i++) {
            if (!same(name(i), name)) {
                names[kept] = names[i];
                values[kept++] = values[i];
            }
        }
        cut(kept);
        return this;
    }

    @Override
    public HttpHeaders remove(String name) {
        return remove((CharSequence) name);
    }

    @Override
    public HttpHeaders clear() {
        cut(0);
        return this;
    }

    private void cut(int kept) {
        Arrays.fill(names, kept, size, null);
        Arrays.fill(values, kept, size, null);
        size = kept;
    }

    @Override
    @SuppressWarnings("NullAway") // Netty's contract: null where there is none.
    public String get(CharSequence name) {
        int at = find(name, 0);
        return at < 0 ? null : value(at).toString();
    }

    @Override
    public String get(String name) {
        return get((CharSequence) name);
    }

    @Override
    public List<String> getAll(CharSequence name) {
        int at = find(name, 0);
        if (at < 0) {
            return List.of();
        }
        List<String> all = new ArrayList<>(1);
        for (; at >= 0; at = find(name, at + 1)) {
            all.add(value(at).toString());
        }
        return all;
    }

    @Override
    public List<String> getAll(String name) {
        return getAll((CharSequence) name);
    }

    @Override
    public boolean contains(CharSequence name) {
        return find(name, 0) >= 0;
    }

    @Override
    public boolean contains(String name) {
        return contains((CharSequence) name);
    }

    @Override
    public boolean containsValue(CharSequence name, CharSequence value, boolean ignoreCase) {
        return contains(name) && super.containsValue(name, value, ignoreCase);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public boolean isEmpty() {
        return size == 0;
    }

    @Override
    public Set<String> names() {
        Set<String> all = new LinkedHashSet<>();
        for (int i = 0; i < size; i++) {
            all.add(name(i).toString());
        }
        return all;
    }

    @Override
    public List<Map.Entry<String, String>> entries() {
        return IntStream.range(0, size)
                .mapToObj(i -> Map.entry(name(i).toString(), value(i).toString()))
                .toList();
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's contract still has it.
    public Iterator<Map.Entry<String, String>> iterator() {
        return entries().iterator();
    }

    @Override
    public Iterator<Map.Entry<CharSequence, CharSequence>> iteratorCharSequence() {
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < size;
            }

            @Override
            public Map.Entry<CharSequence, CharSequence> next() {
                if (next >= size) {
                    throw new NoSuchElementException();
                }
                return Map.entry(name(next), value(next++));
            }
        };
    }

    // Nothing here reads or writes numbers in these ways.

    @Override
    public Integer getInt(CharSequence name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int getInt(CharSequence name, int otherwise) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Short getShort(CharSequence name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public short getShort(CharSequence name, short otherwise) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Long getTimeMillis(CharSequence name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long getTimeMillis(CharSequence name, long otherwise) {
        throw new UnsupportedOperationException();
    }
}
