//! LS Securities' frames and answers as the guide prints them (`openapi.ls-sec.co.kr/apiservice`, 2025,
//! the transaction named with each), without its line breaks. Of these only trades are recorded: they
//! test how frames are read, and are no market data.
#![allow(dead_code, reason = "each test uses its part")]

/// Where market data comes from (DOC basic information of every group).
pub(crate) const STREAM: &str = "wss://openapi.ls-sec.co.kr:9443/websocket";
pub(crate) const REST: &str = "https://openapi.ls-sec.co.kr:8080";

/// `H1_`: KOSPI 호가잔량, in an auction.
pub(crate) const BOOK: &str = r#"{"header":{"tr_cd":"H1_","tr_key":"005930"},"body":{"offerrem2":"66102","offerho4":"0","bidho5":"0","offerho3":"72600","offerrem3":"74102","bidho4":"0","offerrem4":"0","offerho6":"0","bidho7":"0","offerho5":"0","offerrem5":"0","bidho6":"0","offerho8":"0","bidho9":"0","offerho7":"0","bidho8":"0","offerrem1":"32616","offerho9":"0","offerrem6":"0","offerrem7":"0","donsigubun":"3","offerrem8":"0","offerrem9":"0","bidrem3":"156534","bidrem4":"0","bidrem1":"70581","bidrem2":"100447","bidrem9":"0","bidho1":"72300","bidrem7":"0","bidrem8":"0","hotime":"084242","offerho2":"72500","bidho3":"72100","bidrem5":"0","offerho1":"72400","bidho2":"72200","bidrem6":"0","bidrem10":"0","bidho10":"0","shcode":"005930","alloc_gubun":"","volume":"136","offerho10":"0","offerrem10":"0","totofferrem":"0","totbidrem":"0"}}"#;

/// `HA_`: KOSDAQ 호가잔량, likewise.
pub(crate) const BOOK_KOSDAQ: &str = r#"{"header":{"tr_cd":"HA_","tr_key":"086520"},"body":{"offerrem2":"1081","offerho4":"0","bidho5":"0","offerho3":"765000","offerrem3":"1082","bidho4":"0","offerrem4":"0","offerho6":"0","bidho7":"0","offerho5":"0","offerrem5":"0","bidho6":"0","offerho8":"0","bidho9":"0","offerho7":"0","bidho8":"0","offerrem1":"560","offerho9":"0","offerrem6":"0","offerrem7":"0","donsigubun":"3","offerrem8":"0","offerrem9":"0","bidrem3":"1438","bidrem4":"0","bidrem1":"286","bidrem2":"14","bidrem9":"0","bidho1":"762000","bidrem7":"0","bidrem8":"0","hotime":"084312","offerho2":"764000","bidho3":"760000","bidrem5":"0","offerho1":"763000","bidho2":"761000","bidrem6":"0","bidrem10":"0","bidho10":"0","shcode":"086520","alloc_gubun":"","volume":"672","offerho10":"0","offerrem10":"0","totofferrem":"0","totbidrem":"0"}}"#;

/// `NH1`: (NXT) 호가잔량.
pub(crate) const BOOK_NXT: &str = r#"{"header":{"tr_cd":"NH1","tr_key":"N000880   "},"body":{"offerho4":"46900","offerho3":"46850","offerho6":"47000","offerho5":"46950","offerho8":"47100","offerho7":"47050","offerho9":"47150","midsumremgubun":"","donsigubun":"1","bidmidsumrem":"0","hotime":"111244","offerho2":"46800","offerho1":"46750","volume":"111022","offerho10":"47200","totofferrem":"4761","totbidrem":"7116","offermidsumrem":"0","offerrem2":"523","bidho5":"46450","offerrem3":"479","bidho4":"46500","offerrem4":"359","bidho7":"46350","offerrem5":"439","bidho6":"46400","bidho9":"46250","bidho8":"46300","offerrem1":"295","offerrem6":"1346","offerrem7":"300","offerrem8":"815","offerrem9":"72","bidrem3":"259","bidrem4":"21","bidrem1":"112","bidrem2":"270","midprice":"46700","bidrem9":"987","bidho1":"46650","bidrem7":"1085","bidrem8":"298","bidho3":"46550","bidrem5":"232","bidho2":"46600","bidrem6":"1023","bidrem10":"2829","bidho10":"46200","shcode":"000880","ex_shcode":"N000880","alloc_gubun":"","midsumrem":"0","offerrem10":"133"}}"#;

/// `S3_`: KOSPI 체결.
pub(crate) const TRADE: &str = r#"{"header":{"tr_cd":"S3_","tr_key":"005930"},"body":{"mdchecnt":"23","sign":"2","mschecnt":"96","mdvolume":"946","w_avrg":"55448","cpower":"332.56","offerho":"55600","cvolume":"1","high":"55800","bidho":"55500","low":"55500","price":"55550","cgubun":"+","value":"604","change":"1050","shcode":"005930","chetime":"090851","opentime":"090030","lowtime":"090030","volume":"10887","drate":"1.93","hightime":"090504","jnilvolume":"2508350","msvolume":"3146","exchname":"KRX","open":"55600","status":"00"}}"#;

/// `K3_`: KOSDAQ 체결.
pub(crate) const TRADE_KOSDAQ: &str = r#"{"header":{"tr_cd":"K3_","tr_key":"122870"},"body":{"mdchecnt":"932","sign":"2","mschecnt":"654","mdvolume":"105267","w_avrg":"79658","cpower":"44.30","offerho":"81700","cvolume":"3","high":"81900","bidho":"81500","low":"64700","price":"81700","cgubun":"+","value":"15083","change":"18700","shcode":"122870","chetime":"104904","opentime":"090023","lowtime":"091107","volume":"189353","drate":"29.68","hightime":"090814","jnilvolume":"531425","msvolume":"46630","exchname":"KRX","open":"68000","status":"00"}}"#;

/// `NS3`: (NXT) 체결.
pub(crate) const TRADE_NXT: &str = r#"{"header":{"tr_cd":"NS3","tr_key":"N010950   "},"body":{"mdchecnt":"662","sign":"2","mschecnt":"608","mdvolume":"16648","w_avrg":"61188","cpower":"62.53","offerho":"60600","cvolume":"1","high":"62700","bidho":"60500","low":"60300","price":"60600","cgubun":"+","value":"1656","change":"400","shcode":"010950","chetime":"143216","ex_shcode":"N010950","opentime":"080035","lowtime":"094023","volume":"27058","drate":"0.66","hightime":"080908","jnilvolume":"44972","msvolume":"10410","exchname":"NXT","open":"60400","status":"00"}}"#;

/// `VI_`: VI 발동해제.
pub(crate) const INTERRUPTION: &str = r#"{"header":{"tr_cd":"VI_","tr_key":"145270"},"body":{"svi_recprice":"0","vi_gubun":"0","shcode":"145270","time":"092415","vi_trgprice":"0","dvi_recprice":"0","ref_shcode":"145270"}}"#;

/// `NVI`: (NXT) VI 발동 해제.
pub(crate) const INTERRUPTION_NXT: &str = r#"{"header":{"tr_cd":"NVI","tr_key":"0000000000"},"body":{"svi_recprice":"0","vi_gubun":"0","shcode":"000000000","time":"K0257","vi_trgprice":"0","exchname":"NXT","ex_shcode":"N115450","dvi_recprice":"0","ref_shcode":"115450"}}"#;

/// `JIF`: 장운영정보, of Hong Kong.
pub(crate) const OPERATION: &str =
    r#"{"header":{"tr_cd":"JIF","tr_key":"0"},"body":{"jangubun":"C","jstatus":"21"}}"#;

pub(crate) const FRAMES: [(&str, &str); 9] = [
    ("H1_", BOOK),
    ("HA_", BOOK_KOSDAQ),
    ("NH1", BOOK_NXT),
    ("S3_", TRADE),
    ("K3_", TRADE_KOSDAQ),
    ("NS3", TRADE_NXT),
    ("VI_", INTERRUPTION),
    ("NVI", INTERRUPTION_NXT),
    ("JIF", OPERATION),
];

/// The answer to a request for `S3_` (as clients have it; the guide has none).
pub(crate) const TAKEN: &str = r#"{"header":{"tr_cd":"S3_","tr_key":"005930","tr_type":"3","rsp_cd":"00000","rsp_msg":"정상처리되었습니다"}}"#;

/// `token`; its token cut, and blanked as the host does.
pub(crate) const TOKEN: &str =
    r#"{"access_token":"    ","scope":"oob","token_type":"Bearer","expires_in":86400}"#;

/// `t1101`: 주식현재가호가조회.
pub(crate) const SNAPSHOT: &str = r#"{"rsp_cd":"00000","t1101OutBlock":{"offerho4":4570,"offerho3":4565,"offerho6":4580,"offerho5":4575,"offerho8":4590,"offerho7":4585,"jnilclose":4525,"offerho9":4595,"ho_status":"1","sign":"2","offer":5762,"preoffercha":-283,"high":4600,"price":4545,"tmoffer":0,"hname":"LS증권","offerho2":4560,"hotime":"10061477","offerho1":4550,"yechange":0,"yediff":"000.00","diff":"000.44","prebidcha10":0,"volume":4937,"offerho10":4600,"yeprice":0,"preoffercha10":0,"offerrem2":126,"bidho5":4525,"offerrem3":1,"bidho4":4530,"preoffercha9":0,"offerrem4":574,"bidho7":4515,"preoffercha8":0,"offerrem5":759,"bidho6":4520,"preoffercha7":0,"preoffercha6":0,"bidho9":4505,"preoffercha5":0,"bidho8":4510,"preoffercha4":0,"offerrem1":83,"preoffercha3":0,"yevolume":0,"offerrem6":459,"offerrem7":700,"offerrem8":805,"offerrem9":884,"dnlmtprice":3170,"bidrem3":31,"bidrem4":312,"bidrem1":448,"bidrem2":1319,"low":4540,"preoffercha2":0,"preoffercha1":-283,"bidrem9":34,"bidho1":4545,"bidrem7":5,"bidrem8":23,"bidho3":4535,"bidrem5":1199,"bidho2":4540,"bidrem6":253,"prebidcha":-283,"prebidcha2":0,"bidrem10":126,"prebidcha3":0,"prebidcha4":0,"bidho10":4500,"prebidcha5":0,"prebidcha6":0,"prebidcha7":0,"prebidcha8":0,"change":20,"prebidcha9":0,"shcode":"078020","uplmtprice":5880,"tmbid":0,"yesign":"3","offerrem10":1371,"bid":3750,"open":4550,"prebidcha1":-283},"rsp_msg":"정상적으로 조회가 완료되었습니다."}"#;

/// `t8450`: (통합)주식현재가호가조회2, of NXT.
pub(crate) const SNAPSHOT_NXT: &str = r#"{"t8450OutBlock":{"hname":"S-Oil","price":60600,"sign":"2","change":400,"diff":"0.66","volume":26815,"jnilclose":60200,"offerho1":60700,"bidho1":60600,"offerrem1":0,"bidrem1":0,"offerho2":60800,"bidho2":60500,"offerrem2":0,"bidrem2":0,"offerho3":60900,"bidho3":60400,"offerrem3":0,"bidrem3":0,"offerho4":61000,"bidho4":60300,"offerrem4":0,"bidrem4":0,"offerho5":61100,"bidho5":60200,"offerrem5":0,"bidrem5":0,"offerho6":61200,"bidho6":60100,"offerrem6":0,"bidrem6":0,"offerho7":61300,"bidho7":60000,"offerrem7":0,"bidrem7":0,"offerho8":61400,"bidho8":59900,"offerrem8":0,"bidrem8":0,"offerho9":61500,"bidho9":59800,"offerrem9":0,"bidrem9":0,"offerho10":61600,"bidho10":59700,"offerrem10":0,"bidrem10":0,"offer":0,"bid":0,"hotime":"14162900","yeprice":0,"yevolume":0,"yesign":"3","yechange":0,"yediff":"-100.0","tmoffer":0,"tmbid":0,"ho_status":"","shcode":"010950","uplmtprice":78200,"dnlmtprice":42200,"open":60400,"high":62700,"low":60300,"nxt_offerrem1":39,"nxt_bidrem1":105,"nxt_offerrem2":419,"nxt_bidrem2":815,"nxt_offerrem3":22,"nxt_bidrem3":343,"nxt_offerrem4":402,"nxt_bidrem4":461,"nxt_offerrem5":1053,"nxt_bidrem5":609,"nxt_offerrem6":822,"nxt_bidrem6":122,"nxt_offerrem7":574,"nxt_bidrem7":525,"nxt_offerrem8":423,"nxt_bidrem8":282,"nxt_offerrem9":870,"nxt_bidrem9":199,"nxt_offerrem10":379,"nxt_bidrem10":45,"nxt_offer":5003,"nxt_bid":3506,"nxt_yeprice":0,"nxt_yevolume":0,"nxt_yesign":"0","nxt_yechange":0,"nxt_yediff":"0.00","nxt_ho_status":"1","unx_offerrem1":39,"unx_bidrem1":105,"unx_offerrem2":419,"unx_bidrem2":815,"unx_offerrem3":22,"unx_bidrem3":343,"unx_offerrem4":402,"unx_bidrem4":461,"unx_offerrem5":1053,"unx_bidrem5":609,"unx_offerrem6":822,"unx_bidrem6":122,"unx_offerrem7":574,"unx_bidrem7":525,"unx_offerrem8":423,"unx_bidrem8":282,"unx_offerrem9":870,"unx_bidrem9":199,"unx_offerrem10":379,"unx_bidrem10":45,"unx_offer":5003,"unx_bid":3506,"krx_midprice":0,"krx_offermidsumrem":0,"krx_bidmidsumrem":0,"nxt_midprice":60650,"nxt_offermidsumrem":0,"nxt_bidmidsumrem":0,"ex_shcode":"N010950","krx_midsumrem":0,"krx_midsumremgubun":"","nxt_midsumrem":0,"nxt_midsumremgubun":""},"rsp_cd":"00000","rsp_msg":"정상적으로 조회가 완료되었습니다."}"#;

/// An entry of `t8436`, the first of its example with another code, market and kind.
pub(crate) fn listed(code: &str, market: u8, fund: u8) -> String {
    format!(
        r#"{{"shcode":"{code}","jnilclose":10550,"uplmtprice":13710,"spac_gubun":"N","etfgubun":"{fund}","dnlmtprice":7390,"gubun":"{market}","memedan":"00001","recprice":10550,"bu12gubun":"01","filler":"","expcode":"KR7000020008","hname":"동화약품"}}"#
    )
}

/// An entry of `t9945`, whose example leaves out `nxt_chk` of its table.
pub(crate) fn master(code: &str, nxt: u8) -> String {
    format!(
        r#"{{"etfchk":"0","shcode":"{code}","nxt_chk":"{nxt}","filler":"","expcode":"KR7000020008","hname":"동화약품"}}"#
    )
}

/// The answer to `code`.
pub(crate) fn list(code: &str, entries: &[String]) -> String {
    let entries = entries.join(",");
    format!(r#"{{"rsp_cd":"00000","rsp_msg":"정상","{code}OutBlock":[{entries}]}}"#)
}
