//! Figure 1, played: a WebSocket, a call of gRPC, and what a page learns of one.

use crate::harness::{Key, Page, journey};

/// Opens the figure and shows the last moment of what it plays with one switch on.
async fn end_with(page: &Page, switch: &str) {
    page.open("1.1-protocols/").await;
    page.wait_for(".player").await;
    page.click(&format!("input[name={switch}]")).await;
    page.tab_to(".player").await;
    page.press(Key::End).await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn a_websocket_opens_and_frames_go_both_ways() {
    journey("websocket", async |page| {
        end_with(page, "websocket").await;
        page.wait_for_text(".outcome", "What the script gets").await;
        page.wait_for_text(".outcome", "likes").await;
        page.screenshot("websocket").await;
        page.click("input[name=websocket]").await;
        page.click("input[name=no-upgrade]").await;
        page.press(Key::End).await;
        page.wait_for_text(".outcome", "404").await;
        page.screenshot("websocket-no-upgrade").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn a_program_calls_with_grpc_and_a_page_does_not_learn_how_it_ended() {
    journey("grpc", async |page| {
        end_with(page, "grpc").await;
        page.wait_for_text(".outcome", "What the program prints").await;
        page.wait_for_text(".outcome", "Ada").await;
        page.screenshot("grpc").await;
        page.click("input[name=grpc]").await;
        page.click("input[name=grpc-from-page]").await;
        page.press(Key::End).await;
        page.wait_for_text(".outcome", "What the script gets").await;
        page.wait_for_text(".outcome", "body: 12 bytes").await;
        page.wait_for_text(".because", "nothing says whether the call went well").await;
        page.screenshot("grpc-from-page").await;
    })
    .await;
}
