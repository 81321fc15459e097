/**
 * A page of texts, charts and tables as one HTML file that needs nothing else: no network, no server, no fonts.
 *
 * <p>What is on a page is said in the terms of a report ({@link dev.haltlab.platform.page.Page}, {@link
 * dev.haltlab.platform.page.Chart}, {@link dev.haltlab.platform.page.DataTable}); only {@code page.js} knows the
 * charting library. A report of another kind is another {@code Page}.
 */
@NullMarked
package dev.haltlab.platform.page;

import org.jspecify.annotations.NullMarked;
