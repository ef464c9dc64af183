#pragma once
/// What the Output group has beside the Tuning: user, password, API key or token, CA file, the test of the connection, Kibana's address.
///
/// Secrets leave it by `credentialsEntered` and are cleared at once; nothing is shown of what is stored.
#include "ui/controls/tuning_control.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;

namespace sg {

class FoldButton;

class OutputBox : public QWidget {
    Q_OBJECT

public:
    OutputBox(ControlContext context, QWidget* parent = nullptr);
    void setConnectionAnswer(bool ok, const QString& sentence);
    void setKibanaAddress(const QString& address);
    void setCredentialsKept(bool kept);

signals:
    void credentialsEntered(const QString& user, const QString& password, const QString& apiKey, const QString& caFile,
                            const QString& token);
    void credentialsForgotten();
    void testConnectionRequested(const QString& url);
    void kibanaAddressEntered(const QString& address);

protected:
    void resizeEvent(QResizeEvent* event) override; ///< a shorter word where the long one does not fit

private:
    QLineEdit* addField(QWidget* parent, const QString& name, const QString& tip, bool secret);
    void refresh();
    void hand();
    void enterKibana();

    ControlContext m_context;
    FoldButton* m_fold;
    QWidget* m_inside;
    QLineEdit* m_user;
    QLineEdit* m_password;
    QLineEdit* m_apiKey;
    QLineEdit* m_token;
    QLineEdit* m_caFile;
    QPushButton* m_keep;
    QPushButton* m_forget;
    QPushButton* m_test;
    QLabel* m_answer;
    QLineEdit* m_kibana;
    QLabel* m_kibanaProblem;
};

} // namespace sg
