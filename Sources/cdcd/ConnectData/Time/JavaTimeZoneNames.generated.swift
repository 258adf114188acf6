// Written by scripts/golden-records/ZoneNames.java with OpenJDK 17; not edited by hand.

enum JavaTimeZoneNames {
    /// The zones that `SimpleDateFormat` finds by a name; the program defines the layout.
    static let zones: StaticString = """
        America/Los_Angeles|America/Los_Angeles|Pacific Standard Time|PST|Pacific Daylight Time|PDT|60|-28800
        America/Denver|America/Denver|Mountain Standard Time|MST|Mountain Daylight Time|MDT|60|-25200
        America/Chicago|America/Chicago|Central Standard Time|CST|Central Daylight Time|CDT|60|-21600 -1067788800:-18000 -1045414800:-21600
        America/New_York|America/New_York|Eastern Standard Time|EST|Eastern Daylight Time|EDT|60|-18000
        Pacific/Honolulu|Pacific/Honolulu|Hawaii-Aleutian Standard Time|HST|Hawaii-Aleutian Daylight Time|HDT|0|-36000 -2208988800:-37800 -712150200:-36000
        America/Anchorage|America/Anchorage|Alaska Standard Time|AKST|Alaska Daylight Time|AKDT|60|-32400 -2208988800:-35976 -2188951224:-36000 436359600:-32400
        America/Halifax|America/Halifax|Atlantic Standard Time|AST|Atlantic Daylight Time|ADT|60|-14400 -2208988800:-15264 -2131645536:-14400
        America/St_Johns|America/St_Johns|Newfoundland Standard Time|NST|Newfoundland Daylight Time|NDT|60|-12600 -2208988800:-12652 -1096921748:-12600
        Europe/Paris|Europe/Paris|Central European Standard Time|CET|Central European Summer Time|CEST|60|3600 -2208988800:561 -1855958961:0 -932436000:3600 -800071200:0 -766623600:3600
        GMT|GMT|Greenwich Mean Time|GMT|Greenwich Mean Time|GMT|0|0
        Asia/Jerusalem|Asia/Jerusalem|Israel Standard Time|IST|Israel Daylight Time|IDT|60|7200 -2208988800:8440 -1641003640:7200
        Asia/Tokyo|Asia/Tokyo|Japan Standard Time|JST|Japan Daylight Time|JDT|0|32400
        Europe/Bucharest|Europe/Bucharest|Eastern European Standard Time|EET|Eastern European Summer Time|EEST|60|7200 -2208988800:6264 -1213148664:7200
        Asia/Shanghai|Asia/Shanghai|China Standard Time|CST|China Daylight Time|CDT|0|28800 -2208988800:29143 -2177481943:28800
        UTC|UTC|Coordinated Universal Time|UTC|Coordinated Universal Time|UTC|0|0
        ACT|Australia/Darwin|Australian Central Standard Time|ACST|Australian Central Daylight Time|ACDT|0|34200
        AET|Australia/Sydney|Australian Eastern Standard Time|AEST|Australian Eastern Daylight Time|AEDT|60|36000
        BET|America/Sao_Paulo|Brasilia Standard Time|BRT|Brasilia Summer Time|BRST|0|-10800 -2208988800:-11188 -1767214412:-10800
        BST|Asia/Dhaka|Bangladesh Standard Time|BDT|Bangladesh Summer Time|BDST|0|21600 -2208988800:21200 -891582800:23400 -872058600:19800 -862637400:23400 -576138600:21600
        CAT|Africa/Harare|Central Africa Time|CAT|Central African Summer Time|CAST|0|7200 -2208988800:7818 -1924999818:7200
        EAT|Africa/Addis_Ababa|East Africa Time|EAT|Eastern African Summer Time|EAST|0|10800 -2208988800:8836 -1946168836:9000 -1309746600:10800 -1261969200:9000 -1041388200:9900 -865305900:10800
        MIT|Pacific/Apia|Apia Standard Time|WSST|Apia Daylight Time|WSDT|0|46800 -2208988800:-41216 -1861878784:-41400 -631110600:-39600 1325239200:46800
        NET|Asia/Yerevan|Armenia Standard Time|AMT|Armenia Summer Time|AMST|0|14400 -2208988800:10680 -1441162680:10800 -405140400:14400 670370400:10800 811897200:14400
        NST|Pacific/Auckland|New Zealand Standard Time|NZST|New Zealand Daylight Time|NZDT|60|43200 -2208988800:41400 -757425600:43200
        PLT|Asia/Karachi|Pakistan Standard Time|PKT|Pakistan Summer Time|PKST|0|18000 -2208988800:16092 -1988166492:19800 -576135000:18000
        SST|Pacific/Guadalcanal|Solomon Islands Time|SBT|Solomon Is. Summer Time|SBST|0|39600 -2208988800:38388 -1806748788:39600
        Asia/Aden|Asia/Aden|Arabian Standard Time|AST|Arabian Daylight Time|ADT|0|10800 -2208988800:11212 -719636812:10800
        Asia/Baku|Asia/Baku|Azerbaijan Standard Time|AZT|Azerbaijan Summer Time|AZST|0|14400 -2208988800:11964 -1441163964:10800 -405140400:14400 670370400:10800 717548400:14400
        Asia/Dili|Asia/Dili|East Timor Time|TLT|Timor-Leste Summer Time|TLST|0|32400 -2208988800:30140 -1830412800:28800 -879152400:32400 199897200:28800 969120000:32400
        Asia/Hovd|Asia/Hovd|Hovd Standard Time|HOVT|Hovd Summer Time|HOVST|0|25200 -2208988800:21996 -2032927596:21600 252439200:25200
        Asia/Omsk|Asia/Omsk|Omsk Standard Time|OMST|Omsk Summer Time|OMSST|0|21600 -2208988800:17610 -1582088010:18000 -1247547600:21600 670363200:18000 695768400:21600 1301169600:25200 1414263600:21600
        Asia/Oral|Asia/Oral|West Kazakhstan Time|ORAT|Oral Summer Time|ORAST|0|18000 -2208988800:12324 -1441164324:10800 -1247540400:18000 370720800:21600 386445600:18000 606862800:14400 695772000:18000 701816400:14400 1099173600:18000
        Asia/Aqtau|Asia/Aqtau|West Kazakhstan Time|AQTT|Aqtau Summer Time|AQTST|0|18000 -2208988800:12064 -1441164064:14400 -1247544000:18000 370724400:21600 386445600:18000 670366800:14400 695772000:18000 780440400:14400 1099173600:18000
        Asia/Chita|Asia/Chita|Yakutsk Standard Time|YAKT|Yakutsk Summer Time|YAKST|0|32400 -2208988800:27232 -1579419232:28800 -1247558400:32400 670352400:28800 695757600:32400 1301158800:36000 1414252800:28800 1459015200:32400
        Asia/Dubai|Asia/Dubai|Gulf Standard Time|GST|Gulf Daylight Time|GDT|0|14400 -2208988800:13272 -1577936472:14400
        Asia/Kabul|Asia/Kabul|Afghanistan Time|AFT|Afghanistan Summer Time|AFST|0|16200 -2208988800:14400 -788932800:16200
        Asia/Seoul|Asia/Seoul|Korean Standard Time|KST|Korean Daylight Time|KDT|0|32400 -2208988800:30472 -1948782472:30600 -1830414600:32400 -498128400:30600 -264933000:32400
        Asia/Almaty|Asia/Almaty|East Kazakhstan Time|ALMT|Alma-Ata Summer Time|ALMST|0|18000 -2208988800:18468 -1441170468:18000 -1247547600:21600 670363200:18000 695768400:21600 1709229600:18000
        Asia/Anadyr|Asia/Anadyr|Anadyr Standard Time|ANAT|Anadyr Summer Time|ANAST|0|43200 -2208988800:42596 -1441194596:43200 -1247572800:46800 386420400:43200 670341600:39600 695746800:43200 1269698400:39600 1301151600:43200
        Asia/Aqtobe|Asia/Aqtobe|West Kazakhstan Time|AQTT|Aqtobe Summer Time|AQTST|0|18000 -2208988800:13720 -1441165720:14400 -1247544000:18000 370720800:21600 386445600:18000 670366800:14400 695772000:18000
        Asia/Atyrau|Asia/Atyrau|West Kazakhstan Time|GMT+05:00|Atyrau Daylight Time|GMT+05:00|0|18000 -2208988800:12464 -1441164464:10800 -1247540400:18000 370724400:21600 386445600:18000 670366800:14400 695772000:18000 922568400:14400 1099173600:18000
        Asia/Brunei|Asia/Brunei|Brunei Darussalam Time|BNT|Brunei Summer Time|BNST|0|28800 -2208988800:26480 -1383463280:27000 -1167636600:28800 -879667200:32400 -767005200:28800
        Asia/Manila|Asia/Manila|Philippine Standard Time|PST|Philippine Summer Time|PDT|0|28800 -880016400:32400 -783594000:28800
        Asia/Saigon|Asia/Saigon|Indochina Time|ICT|Indochina Summer Time|ICST|0|25200 -2208988800:25590 -1851577590:25200 -852105600:28800 -782643600:32400 -767869200:25200 -718095600:28800 -457772400:25200 -315648000:28800 171820800:25200
        Asia/Taipei|Asia/Taipei|Taipei Standard Time|CST|Taipei Daylight Time|CDT|0|28800 -1017820800:32400 -766224000:28800
        Asia/Tehran|Asia/Tehran|Iran Standard Time|IRST|Iran Daylight Time|IRDT|0|12600 -2208988800:12344 -1090466744:12600 246223800:14400 283982400:12600
        Indian/Mahe|Indian/Mahe|Seychelles Time|SCT|Seychelles Summer Time|SCST|0|14400 -2208988800:13272 -1577936472:14400
        Pacific/Yap|Pacific/Yap|Chuuk Time|CHUT|Chuuk Summer Time|CHUST|0|36000
        Africa/Accra|Africa/Accra|Greenwich Mean Time|GMT|Ghana Summer Time|GHST|0|0 -2208988800:-968 -1830383032:0
        Africa/Lagos|Africa/Lagos|West Africa Standard Time|WAT|West Africa Summer Time|WAST|0|3600 -2208988800:815 -2035584815:0 -1940889600:815 -1767226415:1800 -1588465800:3600
        America/Adak|America/Adak|Hawaii-Aleutian Standard Time|HAST|Hawaii-Aleutian Daylight Time|HADT|60|-36000 -2208988800:-42398 -2188944802:-39600 436363200:-36000
        America/Lima|America/Lima|Peru Standard Time|PET|Peru Summer Time|PEST|0|-18000 -2208988800:-18516 -1938538284:-18000
        Asia/Bishkek|Asia/Bishkek|Kyrgyzstan Time|KGT|Kirgizstan Summer Time|KGST|0|21600 -2208988800:17904 -1441169904:18000 -1247547600:21600 670363200:18000 1123783200:21600
        Asia/Colombo|Asia/Colombo|India Standard Time|IST|India Daylight Time|IDT|0|19800 -2208988800:19172 -2019705572:19800 832962600:23400 846266400:21600 1145039400:19800
        Asia/Irkutsk|Asia/Irkutsk|Irkutsk Standard Time|IRKT|Irkutsk Summer Time|IRKST|0|28800 -2208988800:25025 -1575874625:25200 -1247554800:28800 670356000:25200 695761200:28800 1301162400:32400 1414256400:28800
        Asia/Jakarta|Asia/Jakarta|Western Indonesia Time|WIB|West Indonesia Summer Time|WIST|0|25200 -2208988800:25632 -1451719200:26400 -1172906400:27000 -876641400:32400 -766054800:27000 -683883000:28800 -620812800:27000 -189415800:25200
        Asia/Kuching|Asia/Kuching|Malaysia Time|MYT|Malaysia Summer Time|MYST|0|28800 -2208988800:26480 -1383463280:27000 -1167636600:28800 -879667200:32400 -767005200:28800
        Asia/Magadan|Asia/Magadan|Magadan Standard Time|MAGT|Magadan Summer Time|MAGST|0|39600 -2208988800:36192 -1441188192:36000 -1247565600:39600 670345200:36000 695750400:39600 1301151600:43200 1414245600:36000 1461427200:39600
        Asia/Rangoon|Asia/Rangoon|Myanmar Time|MMT|Myanmar Summer Time|MMST|0|23400 -2208988800:23087 -1577946287:23400 -873268200:32400 -778410000:23400
        Asia/Tbilisi|Asia/Tbilisi|Georgia Standard Time|GET|Georgia Summer Time|GEST|0|14400 -2208988800:10751 -1441162751:10800 -405140400:14400 670370400:10800 780436800:14400 1088276400:10800 1111878000:14400
        Asia/Thimphu|Asia/Thimphu|Bhutan Time|BTT|Bhutan Summer Time|BTST|0|21600 -2208988800:21516 -706341516:19800 560025000:21600
        Europe/Minsk|Europe/Minsk|Moscow Standard Time|MSK|Moscow Summer Time|MSD|0|10800 -2208988800:6600 -1441158600:7200 -1247536800:10800 -899780400:3600 -804650400:10800 670374000:7200 1301184000:10800
        Indian/Cocos|Indian/Cocos|Cocos Islands Time|CCT|Cocos Islands Summer Time|CCST|0|23400 -2208988800:23087 -1577946287:23400 -873268200:32400 -778410000:23400
        Pacific/Fiji|Pacific/Fiji|Fiji Standard Time|FJT|Fiji Summer Time|FJST|0|43200 -2208988800:42944 -1709985344:43200
        Pacific/Guam|Pacific/Guam|Chamorro Standard Time|ChST|Chamorro Daylight Time|ChDT|0|36000 -2208988800:34740 -2177487540:36000 -885549600:32400 -802256400:36000
        Pacific/Niue|Pacific/Niue|Niue Time|NUT|Niue Summer Time|NUST|0|-39600 -2208988800:-40780 -543069620:-40800 -173623200:-39600
        Pacific/Wake|Pacific/Wake|Wake Island Time|WAKT|Wake Summer Time|WAKST|0|43200 -2208988800:41524 -2177494324:43200
        SystemV/PST8|SystemV/PST8|Pitcairn Time|PST|Pitcairn Time|PST|0|-28800
        SystemV/YST9|SystemV/YST9|Gambier Time|AKST|Gambier Time|AKST|0|-32400
        Africa/Maseru|Africa/Maseru|South Africa Standard Time|SAST|South Africa Summer Time|SAST|0|7200 -2208988800:5400 -2109288600:7200
        America/Jujuy|America/Jujuy|Argentina Standard Time|ART|Argentina Summer Time|ARST|0|-10800 -2208988800:-15408 -1567453392:-14400 -7588800:-10800 636516000:-14400 686721600:-10800 938919600:-14400 952052400:-10800
        Asia/Ashgabat|Asia/Ashgabat|Turkmenistan Standard Time|TMT|Turkmenistan Summer Time|TMST|0|18000 -2208988800:14012 -1441166012:14400 -1247544000:18000 670366800:14400 695772000:18000
        Asia/Dushanbe|Asia/Dushanbe|Tajikistan Time|TJT|Tajikistan Summer Time|TJST|0|18000 -2208988800:16512 -1441168512:18000 -1247547600:21600 670363200:18000
        Asia/Jayapura|Asia/Jayapura|Eastern Indonesia Time|WIT|East Indonesia Summer Time|EIST|0|32400 -2208988800:33768 -1172913768:32400 -799491600:34200 -189423000:32400
        Asia/Katmandu|Asia/Katmandu|Nepal Time|NPT|Nepal Summer Time|NPST|0|20700 -2208988800:20476 -1577943676:19800 504901800:20700
        Asia/Makassar|Asia/Makassar|Central Indonesia Time|WITA|Central Indonesia Summer Time|CIST|0|28800 -2208988800:28656 -1172908656:28800 -880272000:32400 -766054800:28800
        Asia/Qostanay|Asia/Qostanay|East Kazakhstan Time|QOST|Kostanay Summer Time|QOSST|0|18000 -2208988800:15268 -1441167268:14400 -1247544000:18000 370720800:21600 386445600:18000 670366800:14400 695772000:18000 1099170000:21600 1709229600:18000
        Asia/Sakhalin|Asia/Sakhalin|Sakhalin Standard Time|SAKT|Sakhalin Summer Time|SAKST|0|39600 -2208988800:34248 -2031039048:32400 -768560400:39600 670345200:36000 695750400:39600 859647600:36000 1301155200:39600 1414249200:36000 1459008000:39600
        Asia/Tashkent|Asia/Tashkent|Uzbekistan Standard Time|UZT|Uzbekistan Summer Time|UZST|0|18000 -2208988800:16631 -1441168631:18000 -1247547600:21600 670363200:18000
        Asia/Ust-Nera|Asia/Ust-Nera|Vladivostok Standard Time|VLAT|Vladivostok Summer Time|VLAST|0|36000 -2208988800:34374 -1579426374:28800 -1247558400:32400 354898800:39600 670345200:36000 695750400:39600 1301151600:43200 1315828800:39600 1414249200:36000
        Europe/Dublin|Europe/Dublin|Greenwich Mean Time|GMT|Irish Standard Time|IST|60|0 -2208988800:-1521 -1680471279:0
        Europe/Jersey|Europe/Jersey|Greenwich Mean Time|GMT|British Summer Time|BST|60|0 -37242000:3600 57722400:0
        Europe/Lisbon|Europe/Lisbon|Western European Standard Time|WET|Western European Summer Time|WEST|60|0 -2208988800:-2205 -1830384000:0 -102549600:3600 212544000:0 717555600:3600 828234000:0
        Europe/Samara|Europe/Samara|Samara Standard Time|SAMT|Samara Summer Time|SAMST|0|14400 -2208988800:12020 -1593820800:10800 -1247540400:14400 606866400:10800 670374000:7200 686102400:10800 687916800:14400 1269727200:10800 1301180400:14400
        Indian/Chagos|Indian/Chagos|Indian Ocean Time|IOT|Indian Ocean Territory Summer Time|IOST|0|21600 -2208988800:17380 -1988167780:18000 820436400:21600
        Pacific/Efate|Pacific/Efate|Vanuatu Standard Time|VUT|Vanuatu Summer Time|VUST|0|39600 -2208988800:40396 -1829387596:39600
        Pacific/Nauru|Pacific/Nauru|Nauru Time|NRT|Nauru Summer Time|NRST|0|43200 -2208988800:40060 -1545131260:41400 -862918200:32400 -767350800:41400 287418600:43200
        Pacific/Palau|Pacific/Palau|Palau Time|PWT|Palau Summer Time|PWST|0|32400 -2208988800:32276 -2177485076:32400
        America/Bogota|America/Bogota|Colombia Standard Time|COT|Colombia Summer Time|COST|0|-18000 -2208988800:-17776 -1739041424:-18000
        America/Cuiaba|America/Cuiaba|Amazon Standard Time|AMT|Amazon Summer Time|AMST|0|-14400 -2208988800:-13460 -1767212140:-14400
        America/Guyana|America/Guyana|Guyana Time|GYT|Guyana Summer Time|GYST|0|-14400 -2208988800:-13959 -1843589241:-14400 -1730577600:-13500 176096700:-10800 701841600:-14400
        America/Havana|America/Havana|Cuba Standard Time|CST|Cuba Daylight Time|CDT|60|-18000 -2208988800:-19776 -1402813824:-18000
        America/La_Paz|America/La_Paz|Bolivia Time|BOT|Bolivia Summer Time|BOST|0|-14400 -2208988800:-16356 -1192307244:-14400
        Asia/Hong_Kong|Asia/Hong_Kong|Hong Kong Standard Time|HKT|Hong Kong Summer Time|HKST|0|28800 -2208988800:27402 -2056690800:28800 -884248200:32400 -761209200:28800
        Asia/Qyzylorda|Asia/Qyzylorda|West Kazakhstan Time|QYZT|Qyzylorda Summer Time|QYZST|0|18000 -2208988800:15712 -1441167712:14400 -1247544000:18000 370720800:21600 386445600:18000 670366800:14400 686095200:18000 695768400:21600 701812800:18000 1099170000:21600 1545328800:18000
        Asia/Singapore|Asia/Singapore|Singapore Standard Time|SGT|Singapore Summer Time|SGST|0|28800 -2208988800:24925 -2038200925:25200 -1073028000:26400 -894180000:27000 -879665400:32400 -767005200:27000 378662400:28800
        Indian/Reunion|Indian/Reunion|Réunion Time|RET|Reunion Summer Time|REST|0|14400 -2208988800:13272 -1577936472:14400
        Pacific/Easter|Pacific/Easter|Easter Island Standard Time|EAST|Easter Island Summer Time|EASST|60|-21600 -2208988800:-26248 -1178124152:-25200 384922800:-21600
        Pacific/Kosrae|Pacific/Kosrae|Kosrae Time|KOST|Kosrae Summer Time|KOSST|0|39600 -2208988800:39116 -2177491916:39600 -1743678000:32400 -1606813200:39600 -1041418800:36000 -907408800:32400 -770634000:39600 -7988400:43200 915105600:39600
        Pacific/Majuro|Pacific/Majuro|Marshall Islands Time|MHT|Marshall Islands Summer Time|MHST|0|43200 -2208988800:41524 -2177494324:43200
        Pacific/Midway|Pacific/Midway|Samoa Standard Time|SST|Samoa Daylight Time|SDT|0|-39600 -2208988800:-40968 -1861879032:-39600
        Pacific/Noumea|Pacific/Noumea|New Caledonia Standard Time|NCT|New Caledonia Summer Time|NCST|0|39600 -2208988800:39948 -1829387148:39600
        Pacific/Ponape|Pacific/Ponape|Ponape Time|PONT|Pohnpei Summer Time|PONST|0|39600 -2208988800:38388 -1806748788:39600
        Pacific/Tahiti|Pacific/Tahiti|Tahiti Time|TAHT|Tahiti Summer Time|TAHST|0|-36000 -2208988800:-35896 -1806674504:-36000
        Pacific/Tarawa|Pacific/Tarawa|Gilbert Islands Time|GILT|Gilbert Is. Summer Time|GILST|0|43200 -2208988800:41524 -2177494324:43200
        Pacific/Wallis|Pacific/Wallis|Wallis & Futuna Time|WFT|Wallis & Futuna Summer Time|WFST|0|43200 -2208988800:41524 -2177494324:43200
        America/Caracas|America/Caracas|Venezuela Time|VET|Venezuela Summer Time|VEST|0|-14400 -2208988800:-16060 -1826739140:-16200 -157750200:-14400 1197183600:-16200 1462086000:-14400
        America/Cayenne|America/Cayenne|French Guiana Time|GFT|French Guiana Summer Time|GFST|0|-10800 -2208988800:-12560 -1846269040:-14400 -71092800:-10800
        America/Godthab|America/Godthab|West Greenland Standard Time|WGT|West Greenland Summer Time|WGST|60|-7200 -2208988800:-12416 -1686083584:-10800 1679792400:-7200
        America/Noronha|America/Noronha|Fernando de Noronha Standard Time|FNT|Fernando de Noronha Summer Time|FNST|0|-7200 -2208988800:-7780 -1767217820:-7200
        Asia/Choibalsan|Asia/Choibalsan|Ulaanbaatar Standard Time|CHOT|Ulaanbaatar Summer Time|CHOST|0|28800 -2208988800:25652 -2032931252:25200 252435600:28800
        Atlantic/Azores|Atlantic/Azores|Azores Standard Time|AZOT|Azores Summer Time|AZOST|60|-3600 -2208988800:-6872 -1830376800:-7200 -102542400:-3600 725421600:0 740278800:-3600
        Australia/Eucla|Australia/Eucla|Australian Central Western Standard Time|ACWST|Australian Central Western Daylight Time|ACWDT|0|31500
        Australia/Perth|Australia/Perth|Australian Western Standard Time|AWST|Australian Western Daylight Time|AWDT|0|28800
        Indian/Maldives|Indian/Maldives|Maldives Time|MVT|Maldives Summer Time|MVST|0|18000 -2208988800:17640 -315636840:18000
        Pacific/Chatham|Pacific/Chatham|Chatham Standard Time|CHAST|Chatham Daylight Time|CHADT|60|45900 -2208988800:44100 -757426500:45900
        Pacific/Fakaofo|Pacific/Fakaofo|Tokelau Time|TKT|Tokelau Summer Time|TKST|0|46800 -2208988800:-41096 -2177411704:-39600 1325242800:46800
        Pacific/Gambier|Pacific/Gambier|Gambier Time|GAMT|Gambier Summer Time|GAMST|0|-32400 -2208988800:-32388 -1806678012:-32400
        Pacific/Norfolk|Pacific/Norfolk|Norfolk Island Standard Time|NFT|Norfolk Island Daylight Time|NFST|60|39600 -2208988800:40312 -2177493112:40320 -599656320:41400 1443882600:39600
        America/Asuncion|America/Asuncion|Paraguay Standard Time|PYT|Paraguay Summer Time|PYST|0|-10800 -2208988800:-13840 -1206389360:-14400 86760000:-10800 134017200:-14400 1728961200:-10800
        America/Eirunepe|America/Eirunepe|Acre Standard Time|ACT|Acre Summer Time|ACST|0|-18000 -2208988800:-16768 -1767208832:-18000 1214283600:-14400 1384056000:-18000
        America/Mazatlan|America/Mazatlan|Mexican Pacific Standard Time|MST|Mexican Pacific Daylight Time|MDT|0|-25200 -2208988800:-25540 -1514739600:-25200 -1343149200:-21600 -1234807200:-25200 -1191344400:-21600 -873828000:-25200
        America/Miquelon|America/Miquelon|St. Pierre & Miquelon Standard Time|PMST|St. Pierre & Miquelon Daylight Time|PMDT|60|-10800 -2208988800:-13480 -1847650520:-14400 326001600:-10800
        America/Santiago|America/Santiago|Chile Standard Time|CLT|Chile Summer Time|CLST|60|-14400 -2208988800:-16965 -1892661435:-18000 -1688410800:-16965 -1619205435:-14400 -1593806400:-16965 -1335986235:-18000 -1178132400:-14400 -870552000:-18000 -865278000:-14400 -736635600:-18000 -713649600:-14400
        Antarctica/Casey|Antarctica/Casey|Casey Time|AWST|Australian Western Daylight Time|AWDT|0|28800 -2208988800:0 -31536000:28800 1255802400:39600 1267714800:28800 1319738400:39600 1329843600:28800 1477065600:39600 1520701200:28800 1538856000:39600 1552752000:28800 1570129200:39600 1583596800:28800 1601740860:39600 1615640400:28800 1633190460:39600 1647090000:28800 1664640060:39600 1678291200:28800
        Antarctica/Davis|Antarctica/Davis|Davis Time|DAVT|Davis Summer Time|DAVST|0|25200 -2208988800:0 -409190400:25200 -163062000:0 -28857600:25200 1255806000:18000 1268251200:25200 1319742000:18000 1329854400:25200
        Antarctica/Syowa|Antarctica/Syowa|Syowa Time|SYOT|Syowa Summer Time|SYOST|0|10800 -2208988800:11212 -719636812:10800
        Asia/Krasnoyarsk|Asia/Krasnoyarsk|Krasnoyarsk Standard Time|KRAT|Krasnoyarsk Summer Time|KRAST|0|25200 -2208988800:22286 -1577513486:21600 -1247551200:25200 670359600:21600 695764800:25200 1301166000:28800 1414260000:25200
        Asia/Novosibirsk|Asia/Novosibirsk|Novosibirsk Standard Time|NOVT|Novosibirsk Summer Time|NOVST|0|25200 -2208988800:19900 -1579476700:21600 -1247551200:25200 670359600:21600 695764800:25200 738086400:21600 1301169600:25200 1414263600:21600 1469304000:25200
        Asia/Ulaanbaatar|Asia/Ulaanbaatar|Ulaanbaatar Standard Time|ULAT|Ulaanbaatar Summer Time|ULAST|0|28800 -2208988800:25652 -2032931252:25200 252435600:28800
        Atlantic/Stanley|Atlantic/Stanley|Falkland Islands Standard Time|FKT|Falkland Islands Summer Time|FKST|0|-10800 -2208988800:-13884 -1824235716:-14400 420609600:-10800 495601200:-14400 1283666400:-10800
        Europe/Volgograd|Europe/Volgograd|Volgograd Standard Time|MSK|Volgograd Summer Time|MSD|0|10800 -2208988800:10660 -1577761060:10800 -1247540400:14400 575416800:10800 670374000:14400 701820000:10800 1301180400:14400 1414274400:10800 1540681200:14400 1609020000:10800
        Indian/Christmas|Indian/Christmas|Christmas Island Time|CXT|Christmas Island Summer Time|CXST|0|25200 -2208988800:24124 -1570084924:25200
        Indian/Kerguelen|Indian/Kerguelen|French Southern & Antarctic Time|TFT|French Southern & Antarctic Lands Summer Time|TFST|0|18000 -2208988800:17640 -315636840:18000
        Indian/Mauritius|Indian/Mauritius|Mauritius Standard Time|MUT|Mauritius Summer Time|MUST|0|14400 -2208988800:13800 -1988164200:14400
        Pacific/Funafuti|Pacific/Funafuti|Tuvalu Time|TVT|Tuvalu Summer Time|TVST|0|43200 -2208988800:41524 -2177494324:43200
        Pacific/Pitcairn|Pacific/Pitcairn|Pitcairn Time|PST|Pitcairn Daylight Time|PDT|0|-28800 -2208988800:-31220 -2177421580:-30600 893665800:-28800
        America/Guayaquil|America/Guayaquil|Ecuador Time|ECT|Ecuador Summer Time|ECST|0|-18000 -2208988800:-18840 -1230749160:-18000
        Antarctica/Mawson|Antarctica/Mawson|Mawson Time|MAWT|Mawson Summer Time|MAWST|0|18000 -2208988800:0 -501206400:21600 1255809600:18000
        Antarctica/Vostok|Antarctica/Vostok|Vostok Time|VOST|Vostok Summer Time|VOSST|0|18000 -2208988800:0 -380073600:25200 760035600:0 783648000:25200 1702839600:18000
        Pacific/Enderbury|Pacific/Enderbury|Phoenix Islands Time|PHOT|Phoenix Is. Summer Time|PHOST|0|46800 -2208988800:0 -1020470400:-43200 307627200:-39600 788871600:46800
        Pacific/Galapagos|Pacific/Galapagos|Galapagos Time|GALT|Galapagos Summer Time|GALST|0|-21600 -2208988800:-21504 -1230746496:-18000 504939600:-21600
        Pacific/Marquesas|Pacific/Marquesas|Marquesas Time|MART|Marquesas Summer Time|MARST|0|-34200 -2208988800:-33480 -1806676920:-34200
        Pacific/Rarotonga|Pacific/Rarotonga|Cook Islands Standard Time|CKT|Cook Islands Half Summer Time|CKHST|0|-36000 -2208988800:-38344 -543072056:-37800 279714600:-36000
        Pacific/Tongatapu|Pacific/Tongatapu|Tonga Standard Time|TOT|Tonga Summer Time|TOST|0|46800 -2208988800:44352 -767189952:44400 -284041200:46800
        America/Montevideo|America/Montevideo|Uruguay Standard Time|UYT|Uruguay Summer Time|UYST|0|-10800 -2208988800:-13491 -1567455309:-14400 -1459627200:-12600 -853621200:-10800
        America/Paramaribo|America/Paramaribo|Suriname Time|SRT|Suriname Summer Time|SRST|0|-10800 -2208988800:-13240 -1861906760:-13252 -1104524348:-13236 -765317964:-12600 465449400:-10800
        Antarctica/Rothera|Antarctica/Rothera|Rothera Time|ROTT|Rothera Summer Time|ROTST|0|-10800 -2208988800:0 218246400:-10800
        Asia/Yekaterinburg|Asia/Yekaterinburg|Yekaterinburg Standard Time|YEKT|Yekaterinburg Summer Time|YEKST|0|18000 -2208988800:14553 -1688270553:13505 -1592610305:14400 -1247544000:18000 670366800:14400 695772000:18000 1301173200:21600 1414267200:18000
        Pacific/Kiritimati|Pacific/Kiritimati|Line Islands Time|LINT|Line Is. Summer Time|LINST|0|50400 -2208988800:-37760 -2177415040:-38400 307622400:-36000 788868000:50400
        Atlantic/Cape_Verde|Atlantic/Cape_Verde|Cape Verde Standard Time|CVT|Cape Verde Summer Time|CVST|0|-3600 -2208988800:-5644 -1830376800:-7200 186120000:-3600
        Australia/Lord_Howe|Australia/Lord_Howe|Lord Howe Standard Time|LHST|Lord Howe Daylight Time|LHDT|30|37800 -2208988800:36000 352216800:37800
        America/Santa_Isabel|America/Santa_Isabel|Northwest Mexico Standard Time|PST|Northwest Mexico Daylight Time|PDT|60|-28800 -2208988800:-28084 -1514739600:-25200 -1451667600:-28800 -1343145600:-25200 -1234803600:-28800
        America/Scoresbysund|America/Scoresbysund|East Greenland Standard Time|EGT|East Greenland Summer Time|EGST|60|-7200 -2208988800:-5272 -1686090728:-7200 354679200:-3600 1711846800:-7200
        Pacific/Port_Moresby|Pacific/Port_Moresby|Papua New Guinea Time|PGT|Papua New Guinea Summer Time|PGST|0|36000
        Atlantic/South_Georgia|Atlantic/South_Georgia|South Georgia Time|GST|South Georgia Daylight Time|GDT|0|-7200
        Antarctica/DumontDUrville|Antarctica/DumontDUrville|Dumont-d’Urville Time|DDUT|Dumont-d'Urville Summer Time|DDUST|0|36000
        Asia/Kashgar|Asia/Kashgar|Xinjiang Standard Time|XJT|Xinjiang Daylight Time|XJDT|0|21600 -2208988800:21020 -1325483420:21600
        CET|CET|Central European Time|CET|Central European Summer Time|CEST|60|3600 -2208988800:0 -1740355200:3600 -1613826000:0 -934668000:3600
        Europe/Istanbul|Europe/Istanbul|Turkey Time|TRT|Turkey Summer Time|TRST|0|10800 -2208988800:7016 -1869875816:7200 267915600:10800 468111600:7200 1473195600:10800
        Asia/Tomsk|Asia/Tomsk|Tomsk Standard Time|GMT+07:00|Tomsk Daylight Time|GMT+07:00|0|25200 -2208988800:20391 -1578807591:21600 -1247551200:25200 670359600:21600 695764800:25200 1020193200:21600 1301169600:25200 1414263600:21600 1464465600:25200
        HST|-10:00|Hawaii Standard Time|HST|Hawaii Standard Time|HST|0|-36000
        Europe/Saratov|Europe/Saratov|Saratov Standard Time|GMT+04:00|Saratov Standard Time|GMT+04:00|0|14400 -2208988800:11058 -1593820800:10800 -1247540400:14400 575416800:10800 670374000:14400 701820000:10800 1301180400:14400 1414274400:10800 1480806000:14400
        AGT|America/Argentina/Buenos_Aires|Argentine Time|ART|Argentine Summer Time|ARST|0|-10800 -2208988800:-15408 -1567453392:-14400 -7588800:-10800 938919600:-14400 952052400:-10800
        Pacific/Bougainville|Pacific/Bougainville|Bougainville Standard Time|BST|Bougainville Daylight Time|BST|0|39600 -2208988800:36000 -868010400:32400 -768906000:36000 1419696000:39600
        Asia/Barnaul|Asia/Barnaul|Barnaul Standard Time|GMT+07:00|Barnaul Daylight Time|GMT+07:00|0|25200 -2208988800:20100 -1579844100:21600 -1247551200:25200 670359600:21600 695764800:25200 801590400:21600 1301169600:25200 1414263600:21600 1459022400:25200
        MET|MET|Middle Europe Time|MET|Middle Europe Summer Time|MEST|60|3600 -2208988800:0 -1740355200:3600 -1613826000:0 -934668000:3600
        Antarctica/Palmer|Antarctica/Palmer|Chile Time|CLT|Chile Summer Time|CLST|0|-10800 -2208988800:0 -157766400:-14400 -7588800:-10800 389070000:-14400 1480820400:-10800
        America/Punta_Arenas|America/Punta_Arenas|Punta Arenas Standard Time|GMT-03:00|Punta Arenas Standard Time|GMT-03:00|0|-10800 -2208988800:-16965 -1892661435:-18000 -1688410800:-16965 -1619205435:-14400 -1593806400:-16965 -1335986235:-18000 -1178132400:-14400 -870552000:-18000 -865278000:-14400 -736632000:-18000 -713649600:-14400 1480820400:-10800
        Europe/Kirov|Europe/Kirov|Moscow Standard Time|MSK|Moscow Daylight Time|MSD|0|10800 -2208988800:11928 -1593820800:10800 -1247540400:14400 606866400:10800 670374000:14400 701820000:10800 1301180400:14400 1414274400:10800
        Pacific/Kanton|Pacific/Kanton|Kanton Standard Time|GMT+13:00|Kanton Daylight Time|GMT+13:00|0|46800 -2208988800:0 -1020470400:-43200 307627200:-39600 788871600:46800
        Europe/Ulyanovsk|Europe/Ulyanovsk|Ulyanovsk Standard Time|GMT+04:00|Ulyanovsk Standard Time|GMT+04:00|0|14400 -2208988800:11616 -1593820800:10800 -1247540400:14400 606866400:10800 670374000:7200 695779200:10800 1301180400:14400 1414274400:10800 1459033200:14400
        Asia/Srednekolymsk|Asia/Srednekolymsk|Srednekolymsk Time|SRET|Srednekolymsk Daylight Time|SREDT|0|39600 -2208988800:36892 -1441188892:36000 -1247565600:39600 670345200:36000 695750400:39600 1301151600:43200 1414245600:39600
        """
}
