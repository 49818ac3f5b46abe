package dev.corral.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HttpDateTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "784111777000   | Sun, 06 Nov 1994 08:49:37 GMT",
                "784111777999   | Sun, 06 Nov 1994 08:49:37 GMT",
                "0              | Thu, 01 Jan 1970 00:00:00 GMT",
                "-1             | Wed, 31 Dec 1969 23:59:59 GMT",
                "951782400000   | Tue, 29 Feb 2000 00:00:00 GMT",
                "1795305600000  | Sun, 22 Nov 2026 00:00:00 GMT",
            })
    void date_isAnImfFixdate(long millis, String expected) {
        assertThat(new HttpDate().at(millis).toString()).isEqualTo(expected);
    }

    @Test
    void sameSecond_isNotFormattedAgain() {
        HttpDate date = new HttpDate();

        assertThat((Object) date.at(1_000)).isSameAs(date.at(1_999));
    }

    @Test
    void clockSetBack_isFollowed() {
        HttpDate date = new HttpDate();
        date.at(10_000);

        assertThat(date.at(0).toString()).isEqualTo("Thu, 01 Jan 1970 00:00:00 GMT");
    }
}
